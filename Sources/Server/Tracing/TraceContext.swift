import Tracing

/// Which trace a request belongs to and which span called it, as the header `traceparent` has them.
///
/// Source: W3C Trace Context, version 00: `00-<32 hex: trace>-<16 hex: span>-<2 hex: flags>`.
package struct TraceContext: Sendable, Hashable {
    package static let headerName = "traceparent"
    private static let sampledFlag: UInt8 = 1

    /// 16 bytes in hexadecimal, not all zero.
    package let traceID: String
    /// 8 bytes in hexadecimal, not all zero.
    package let spanID: String
    /// Whether whoever began the trace wants it recorded.
    package let isSampled: Bool

    /// `nil` for a header that is none: then a trace of our own begins, as the standard asks.
    package init?(_ header: String) {
        let parts = header.split(separator: "-", omittingEmptySubsequences: false)
        // Versions to come may add parts; version ff is none.
        guard parts.count >= 4, Self.isHex(parts[0], 2), parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            Self.isHex(parts[1], 32), Self.isHex(parts[2], 16), Self.isHex(parts[3], 2),
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" }),
            let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        traceID = String(parts[1])
        spanID = String(parts[2])
        isSampled = flags & Self.sampledFlag != 0
    }

    /// A trace that begins here.
    init(isSampled: Bool) {
        traceID = Self.hex(UInt64.random(in: 1 ... .max)) + Self.hex(UInt64.random(in: 1 ... .max))
        spanID = Self.hex(UInt64.random(in: 1 ... .max))
        self.isSampled = isSampled
    }

    private init(childOf parent: TraceContext) {
        traceID = parent.traceID
        spanID = Self.hex(UInt64.random(in: 1 ... .max))
        isSampled = parent.isSampled
    }

    /// The next span of the same trace.
    var child: TraceContext { TraceContext(childOf: self) }

    package var header: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func isHex(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}

extension ServiceContext {
    private enum Key: ServiceContextKey {
        typealias Value = TraceContext
    }

    /// The span under way.
    var trace: TraceContext? {
        get { self[Key.self] }
        set { self[Key.self] = newValue }
    }
}
