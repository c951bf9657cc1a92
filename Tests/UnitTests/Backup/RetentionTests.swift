import Backup
import Knowledge
import Testing

@Suite("Retention of backups") struct RetentionTests {
    private static let hour: Int64 = 3_600_000
    /// Monday, 2026-01-05T00:30:00Z.
    private static let monday: Int64 = 1_767_573_000_000

    private func kept(_ retention: Retention, hoursAgo: [Int64]) -> [Int64] {
        let times = hoursAgo.map { Timestamp(milliseconds: Self.monday - $0 * Self.hour) }
        let expired = retention.expired(times)
        return zip(hoursAgo, times).filter { !expired.contains($0.1) }.map(\.0)
    }

    @Test("The newest of each of the last hours, days and weeks is kept")
    func periods() {
        // Of every hour of the last three weeks.
        let all = Array(Int64(0)..<504)
        // Day after day begins at 0:00, half an hour before the newest; weeks on Mondays.
        #expect(kept(Retention(hourly: 3, daily: 0, weekly: 0), hoursAgo: all) == [0, 1, 2])
        #expect(kept(Retention(hourly: 0, daily: 3, weekly: 0), hoursAgo: all) == [0, 1, 25])
        #expect(kept(Retention(hourly: 0, daily: 0, weekly: 3), hoursAgo: all) == [0, 1, 169])
        #expect(kept(Retention(hourly: 2, daily: 2, weekly: 3), hoursAgo: all) == [0, 1, 169])
    }

    @Test("Periods without a backup are not counted, so that a server that stood still keeps what it has")
    func gaps() {
        #expect(kept(Retention(hourly: 2, daily: 0, weekly: 0), hoursAgo: [0, 300, 400]) == [0, 300])
    }

    @Test("Only the newest of an hour stays, and the newest of all whatever the settings")
    func newest() {
        #expect(kept(Retention(hourly: 0, daily: 0, weekly: 0), hoursAgo: [5, 0, 9]) == [0])
        let close = [0, 1, 2].map { Timestamp(milliseconds: Self.monday + $0) }
        #expect(Retention(hourly: 9, daily: 9, weekly: 9).expired(close) == Set(close.prefix(2)))
        #expect(Retention(hourly: 1, daily: 1, weekly: 1).expired([]).isEmpty)
    }
}
