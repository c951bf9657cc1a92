import Foundation
public import Knowledge

/// A month of UTC.
public struct CalendarMonth: Sendable, Hashable {
    /// Months since the year 0.
    public let number: Int

    public init(_ time: Timestamp) {
        var seconds = time_t(time.milliseconds / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        number = 12 * (Int(parts.tm_year) + 1_900) + Int(parts.tm_mon)
    }

    /// When the next one begins.
    public var end: Timestamp {
        var parts = tm()
        parts.tm_year = Int32(clamping: (number + 1) / 12 - 1_900)
        parts.tm_mon = Int32((number + 1) % 12)
        parts.tm_mday = 1
        return Timestamp(milliseconds: Int64(timegm(&parts)) * 1_000)
    }
}
