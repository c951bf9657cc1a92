import Access
import Knowledge
import Synchronization
import TestSupport
import Testing

@Suite("Monthly quotas") struct MonthlyQuotaTests {
    /// 2026-02-28T23:59:58Z.
    private static let lastSeconds = Timestamp(milliseconds: 1_772_323_198_000)

    /// A book in memory that can be made to fail.
    private final class Book: Sendable {
        let used = Mutex<[String: Int]>([:])
        let fails = Mutex(false)
        private struct Closed: Error {}

        var quotaBook: MonthlyQuota.Book {
            MonthlyQuota.Book { tenant, month, wanted, limit in
                guard !self.fails.withLock({ $0 }) else { throw Closed() }
                return self.used.withLock { used in
                    let granted = max(0, min(wanted, limit - used["\(tenant) \(month.number)", default: 0]))
                    used["\(tenant) \(month.number)", default: 0] += granted
                    return granted
                }
            } giveBack: { tenant, month, count in
                self.used.withLock { $0["\(tenant) \(month.number)", default: 0] -= count }
            }
        }
    }

    private let clock = ManualClock(at: lastSeconds)
    private let book = Book()

    private func quota() -> MonthlyQuota { MonthlyQuota(time: clock.timeSource, book: book.quotaBook) }

    @Test("A tenant gets what it may and no token more, and a new month begins afresh")
    func month() async {
        let quota = quota()
        for _ in 0..<250 { #expect(await quota.take(1, for: .default, of: 250).isAllowed) }
        let refused = await quota.take(1, for: .default, of: 250)
        #expect(refused.limit == 250 && refused.isAllowed == false && refused.resetSeconds == 2)
        clock.advance(milliseconds: 1_999)
        #expect(await quota.take(1, for: .default, of: 250).isAllowed == false)
        clock.advance(milliseconds: 1)
        #expect(await quota.take(10, for: .default, of: 250).isAllowed)
    }

    @Test("Many at once get exactly what there is")
    func concurrent() async {
        let quota = quota()
        let passed = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<1_000 { group.addTask { await quota.take(1, for: .default, of: 300).isAllowed } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(passed == 300)
        #expect(quota.refused.value == 700)
    }

    @Test("A dear request that does not fit leaves the rest to cheap ones")
    func remainder() async {
        let quota = quota()
        for _ in 0..<2 { #expect(await quota.take(10, for: .default, of: 25).isAllowed) }
        #expect(await quota.take(10, for: .default, of: 25).isAllowed == false)
        for _ in 0..<5 { #expect(await quota.take(1, for: .default, of: 25).isAllowed) }
        #expect(await quota.take(1, for: .default, of: 25).isAllowed == false)
    }

    @Test("What was reserved and not used is given back at the end, and counts again after a restart")
    func restart() async {
        for _ in 0..<5 {
            let quota = quota()
            for _ in 0..<7 { _ = await quota.take(1, for: .default, of: 1_000) }
            await quota.close()
        }
        #expect(book.used.withLock { Array($0.values) } == [35])
    }

    @Test("While the book takes nothing requests pass, and are counted once it does")
    func failing() async {
        let quota = quota()
        book.fails.withLock { $0 = true }
        for _ in 0..<6 { #expect(await quota.take(1, for: .default, of: 10).isAllowed) }
        #expect(quota.isDegraded && quota.passedUncounted.value == 6)
        book.fails.withLock { $0 = false }
        for _ in 0..<4 { #expect(await quota.take(1, for: .default, of: 10).isAllowed) }
        #expect(!quota.isDegraded)
        #expect(await quota.take(1, for: .default, of: 10).isAllowed == false)
    }

    @Test("Tenants have quotas of their own; one that is raised goes on at once, one that is lowered ends")
    func tenants() async throws {
        let small = try #require(Tenant("small"))
        let quota = quota()
        #expect(await quota.take(1, for: small, of: 1).isAllowed)
        #expect(await quota.take(1, for: small, of: 1).isAllowed == false)
        for _ in 0..<2 { #expect(await quota.take(1, for: .default, of: 2).isAllowed) }
        #expect(await quota.take(1, for: .default, of: 2).isAllowed == false)
        #expect(await quota.take(1, for: .default, of: 3).isAllowed)
        #expect(await quota.take(1, for: .default, of: 3).isAllowed == false)
        #expect(await quota.take(1, for: .default, of: 2).isAllowed == false)
    }

    @Test(
        "A month is UTC's, leap years and years' ends included",
        arguments: [
            ("2026-02", 1_772_323_199_999, 1_772_323_200_000), ("2024-02", 1_709_164_800_000, 1_709_251_200_000),
            ("2025-12", 1_767_225_599_999, 1_767_225_600_000), ("1970-01", 0, 2_678_400_000),
        ] as [(String, Int64, Int64)])
    func months(name: String, moment: Int64, end: Int64) {
        let month = CalendarMonth(Timestamp(milliseconds: moment))
        #expect("\(month.number / 12)-\(month.number % 12 < 9 ? "0" : "")\(month.number % 12 + 1)" == name)
        #expect(month.end == Timestamp(milliseconds: end))
        #expect(CalendarMonth(month.end).number == month.number + 1)
    }
}
