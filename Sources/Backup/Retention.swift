public import Knowledge

/// Which backups are kept: the newest of each of the last hours, days and weeks that have one.
///
/// Hours, days and weeks are those of UTC; a week begins on Monday. The newest of all is always kept.
public struct Retention: Sendable, Hashable {
    public let hourly: Int
    public let daily: Int
    public let weekly: Int

    public init(hourly: Int, daily: Int, weekly: Int) {
        self.hourly = hourly
        self.daily = daily
        self.weekly = weekly
    }

    private static let hour: Int64 = 3_600_000
    private static let day = 24 * hour
    private static let week = 7 * day
    /// 1970 began on a Thursday.
    private static let firstMonday = -3 * day

    /// Those of `times` that go.
    public func expired(_ times: [Timestamp]) -> Set<Timestamp> {
        let newestFirst = Set(times).sorted(by: >)
        var kept = Set(newestFirst.prefix(1))
        keep(hourly, of: newestFirst, periodMilliseconds: Self.hour, in: &kept)
        keep(daily, of: newestFirst, periodMilliseconds: Self.day, in: &kept)
        keep(weekly, of: newestFirst, periodMilliseconds: Self.week, in: &kept)
        return Set(newestFirst).subtracting(kept)
    }

    private func keep(
        _ count: Int, of newestFirst: [Timestamp], periodMilliseconds period: Int64, in kept: inout Set<Timestamp>
    ) {
        var periods: Set<Int64> = []
        for time in newestFirst {
            guard periods.count < count else { return }
            if periods.insert((time.milliseconds - Self.firstMonday) / period).inserted { kept.insert(time) }
        }
    }
}
