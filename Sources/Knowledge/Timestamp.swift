import Foundation

/// A point of wall-clock time in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Wall clock, because expiry is fixed when an answer is computed and travels through Redis and restarts.
/// Elapsed times shown to people are measured with `ContinuousClock` instead.
public struct Timestamp: Sendable, Hashable, Comparable, Codable {
    public let milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

    /// Never beyond the first and the last of all timestamps: those that Redis gives back may be any.
    public func adding(milliseconds: Int64) -> Timestamp {
        let (sum, isOver) = self.milliseconds.addingReportingOverflow(milliseconds)
        return Timestamp(milliseconds: isOver ? (milliseconds < 0 ? .min : .max) : sum)
    }

    /// Milliseconds from `other` to `self`, as far as they can be counted; negative when `other` is later.
    public func milliseconds(since other: Timestamp) -> Int64 {
        let (difference, isOver) = milliseconds.subtractingReportingOverflow(other.milliseconds)
        return isOver ? (self < other ? .min : .max) : difference
    }

    /// RFC 3339 with `Z` and milliseconds: `2026-01-31T12:00:00.000Z`.
    ///
    /// Without a formatter: every reply carries one, and the formatter's floating-point seconds lose a millisecond.
    public var rfc3339: String {
        let milliseconds = ((self.milliseconds % 1000) + 1000) % 1000
        var seconds = time_t((self.milliseconds - milliseconds) / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return String(unsafeUninitializedCapacity: Self.textLength) { text in
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
            return Self.textLength
        }
    }

    private static let textLength = 24
}

/// Where the time comes from: the system's clock in production, a clock set by hand in tests.
public struct TimeSource: Sendable {
    public let now: @Sendable () -> Timestamp

    public init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    public static let system = TimeSource {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
