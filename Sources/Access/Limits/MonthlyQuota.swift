public import Knowledge
import Synchronization

/// Keeps tenants to what they may do in a calendar month (UTC), counted in the tokens of their requests.
///
/// What is used is in the database; a server takes it from there in blocks, ahead of the requests, so that most requests
/// cost no transaction and none is forgotten by a restart. A server that is killed loses what was left of its
/// block: at most a hundredth of the quota. While the database takes no writes, requests pass and are counted later.
/// Any task.
public final class MonthlyQuota: Sendable {
    /// Where quotas are counted. Both throw when the database takes no writes.
    public struct Book: Sendable {
        /// Takes up to `wanted` of what is left below `limit`; returns how many.
        let reserve:
            @Sendable (_ tenant: Tenant, _ month: CalendarMonth, _ wanted: Int, _ limit: Int) async throws -> Int
        let giveBack: @Sendable (_ tenant: Tenant, _ month: CalendarMonth, _ count: Int) async throws -> Void

        public init(
            reserve: @escaping @Sendable (Tenant, CalendarMonth, Int, Int) async throws -> Int,
            giveBack: @escaping @Sendable (Tenant, CalendarMonth, Int) async throws -> Void
        ) {
            self.reserve = reserve
            self.giveBack = giveBack
        }
    }

    /// A transaction for each so many tokens at least.
    static let maximumBlock = 1_000
    /// Far more tenants than an installation has; beyond, the one idle the longest loses its block.
    static let maximumTenants = 10_000

    private struct Month: Sendable {
        let month: CalendarMonth
        /// Reserved and not used.
        var ready = 0
        /// Passed without being reserved.
        var owed = 0
        /// The book had nothing left below this.
        var spentLimit = 0
        var isReserving = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private enum Step {
        case decided(Bool)
        case reserve(wanted: Int)
        case wait
    }

    public let refused = Counter()
    /// Tokens that passed uncounted because the database took no writes; they are counted with the next block.
    public let passedUncounted = Counter()

    private let time: TimeSource
    private let book: Book
    private let months = Mutex(RecencyTable<Tenant, Month>())
    private let failing = Atomic(false)

    public init(time: TimeSource, book: Book) {
        self.time = time
        self.book = book
    }

    /// Whether the database took no writes when it was last asked.
    public var isDegraded: Bool { failing.load(ordering: .relaxed) }

    /// - Parameter limit: of a month, the one in force; at least 1.
    public func take(_ cost: Int, for tenant: Tenant, of limit: Int) async -> QuotaVerdict {
        while true {
            let now = time.now()
            let month = CalendarMonth(now)
            switch step(cost, tenant, month, limit) {
            case .decided(let isAllowed):
                if !isAllowed { refused.add() }
                let left = month.end.milliseconds(since: now)
                return QuotaVerdict(limit: limit, isAllowed: isAllowed, resetSeconds: Int((left + 999) / 1_000))
            case .wait: await turn(tenant, month)
            case .reserve(let wanted): await reserve(wanted, cost, tenant, month, limit)
            }
        }
    }

    private func step(_ cost: Int, _ tenant: Tenant, _ month: CalendarMonth, _ limit: Int) -> Step {
        let (step, forgotten) = months.withLock { months -> (Step, Month?) in
            let block = min(Self.maximumBlock, max(1, limit / 100))
            var state = months.peek(tenant) ?? Month(month: month)
            var forgotten: Month?
            if state.month != month {
                forgotten = state
                state = Month(month: month)
            }
            let step: Step
            if state.ready >= cost {
                state.ready -= cost
                step = .decided(true)
            } else if limit <= state.spentLimit {
                step = .decided(false)
            } else if state.isReserving {
                step = .wait
            } else {
                state.isReserving = true
                step = .reserve(wanted: cost - state.ready + state.owed + block)
            }
            if months.count >= Self.maximumTenants, months.peek(tenant) == nil {
                forgotten = months.removeLeastRecent()?.value
            }
            months.insert(tenant, state)
            return (step, forgotten)
        }
        forgotten?.waiting.forEach { $0.resume() }
        return step
    }

    private func reserve(_ wanted: Int, _ cost: Int, _ tenant: Tenant, _ month: CalendarMonth, _ limit: Int) async {
        let granted = try? await book.reserve(tenant, month, wanted, limit)
        failing.store(granted == nil, ordering: .relaxed)
        if granted == nil { passedUncounted.add(UInt64(cost)) }
        let waiting = months.withLock { months -> [CheckedContinuation<Void, Never>] in
            guard var state = months.peek(tenant), state.month == month else { return [] }
            state.isReserving = false
            if let granted {
                state.ready = max(0, state.ready + granted - state.owed)
                state.owed = 0
                state.spentLimit = granted < wanted ? limit : 0
            } else {
                // On credit, for this request; whoever waits tries the book for itself.
                state.ready += cost
                state.owed += cost
            }
            let waiting = state.waiting
            state.waiting = []
            months.insert(tenant, state)
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns once who reserves for this tenant is done.
    private func turn(_ tenant: Tenant, _ month: CalendarMonth) async {
        await withCheckedContinuation { continuation in
            let isWaiting = months.withLock { months in
                months.use(tenant) { state in
                    guard state.isReserving, state.month == month else { return false }
                    state.waiting.append(continuation)
                    return true
                } ?? false
            }
            if !isWaiting { continuation.resume() }
        }
    }

    /// Gives back what was reserved and not used. Nothing may be taken after it.
    public func close() async {
        let left = months.withLock { months in months.entries.filter { $0.value.ready > 0 } }
        for (tenant, state) in left { try? await book.giveBack(tenant, state.month, state.ready) }
    }
}
