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

    public func adding(milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: self.milliseconds + milliseconds)
    }

    /// Milliseconds from `other` to `self`; negative when `other` is later.
    public func milliseconds(since other: Timestamp) -> Int64 { milliseconds - other.milliseconds }

    /// RFC 3339 with `Z` and milliseconds: `2026-01-31T12:00:00.000Z`.
    public var rfc3339: String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
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
