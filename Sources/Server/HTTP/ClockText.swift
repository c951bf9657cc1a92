import Foundation
package import Knowledge

/// Writes points of time as the API does, without a formatter, for every answer carries one.
package enum ClockText {
    /// RFC 3339 with `Z` and milliseconds: `2026-01-31T12:00:00.000Z`.
    package static func rfc3339(_ timestamp: Timestamp) -> String {
        let milliseconds = ((timestamp.milliseconds % 1000) + 1000) % 1000
        var seconds = time_t((timestamp.milliseconds - milliseconds) / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return String(unsafeUninitializedCapacity: length) { text in
            func put(_ value: Int, at position: Int, digits: Int) {
                var rest = value
                for index in (position..<position + digits).reversed() {
                    text[index] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                }
            }
            for (index, byte) in "0000-00-00T00:00:00.000Z".utf8.enumerated() { text[index] = byte }
            put(Int(parts.tm_year) + 1900, at: 0, digits: 4)
            put(Int(parts.tm_mon) + 1, at: 5, digits: 2)
            put(Int(parts.tm_mday), at: 8, digits: 2)
            put(Int(parts.tm_hour), at: 11, digits: 2)
            put(Int(parts.tm_min), at: 14, digits: 2)
            put(Int(parts.tm_sec), at: 17, digits: 2)
            put(Int(milliseconds), at: 20, digits: 3)
            return length
        }
    }

    private static let length = 24
}

extension Duration {
    /// In milliseconds, with what is below one.
    var milliseconds: Double {
        Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
    }
}
