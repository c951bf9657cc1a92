import Knowledge
import Synchronization

/// How many pins there are and how many bytes of answers they hold, of the whole and of each tenant. Any thread.
///
/// A limit of half leaves room for what the router places. Tenants without a pin have no entry, so the table is bounded
/// by the number of pins.
final class PinBudget: Sendable {
    struct Amount: Sendable {
        var count = 0
        var byteCount = 0
    }

    private struct State: Sendable {
        /// Of all tenants together.
        var limit: Amount
        /// Of one tenant.
        var tenantLimit: Amount
        var total = Amount()
        var tenants: [Tenant: Amount] = [:]
    }

    private let state: Mutex<State>
    /// As in `state`, so that a look-up in a tier without pins takes no lock.
    private let pinCount = Atomic<Int>(0)

    init(limit: Amount, tenantLimit: Amount) {
        state = Mutex(State(limit: limit, tenantLimit: tenantLimit))
    }

    var limit: Amount { state.withLock { $0.limit } }
    var tenantLimit: Amount { state.withLock { $0.tenantLimit } }

    /// Changes both limits, unless what there is would be over them.
    ///
    /// - Returns: whether they are in force.
    func setLimits(_ limit: Amount, tenant tenantLimit: Amount) -> Bool {
        state.withLock { state in
            guard state.total.fits(limit), state.tenants.values.allSatisfy({ $0.fits(tenantLimit) }) else {
                return false
            }
            state.limit = limit
            state.tenantLimit = tenantLimit
            return true
        }
    }

    var count: Int { pinCount.load(ordering: .relaxed) }
    var byteCount: Int { state.withLock { $0.total.byteCount } }

    func count(of tenant: Tenant) -> Int { state.withLock { $0.tenants[tenant]?.count ?? 0 } }
    func byteCount(of tenant: Tenant) -> Int { state.withLock { $0.tenants[tenant]?.byteCount ?? 0 } }

    /// Makes room for one more pin; false when there is none.
    func takePin(_ tenant: Tenant) -> Bool { take(Amount(count: 1), tenant) }

    /// Makes room for the bytes of an answer to be held; false when there is none.
    func takeBytes(_ byteCount: Int, _ tenant: Tenant) -> Bool { take(Amount(byteCount: byteCount), tenant) }

    func returnPin(_ tenant: Tenant) { change(by: Amount(count: -1), tenant) }

    func returnBytes(_ byteCount: Int, _ tenant: Tenant) { change(by: Amount(byteCount: -byteCount), tenant) }

    private func take(_ amount: Amount, _ tenant: Tenant) -> Bool {
        state.withLock { state in
            let total = state.total + amount
            let own = (state.tenants[tenant] ?? Amount()) + amount
            guard total.fits(state.limit), own.fits(state.tenantLimit) else { return false }
            state.total = total
            state.tenants[tenant] = own
            pinCount.store(total.count, ordering: .relaxed)
            return true
        }
    }

    private func change(by amount: Amount, _ tenant: Tenant) {
        state.withLock { state in
            state.total = state.total + amount
            let own = (state.tenants[tenant] ?? Amount()) + amount
            state.tenants[tenant] = own.count == 0 && own.byteCount == 0 ? nil : own
            pinCount.store(state.total.count, ordering: .relaxed)
        }
    }
}

extension PinBudget.Amount {
    fileprivate static func + (a: Self, b: Self) -> Self {
        Self(count: a.count + b.count, byteCount: a.byteCount + b.byteCount)
    }

    fileprivate func fits(_ limit: Self) -> Bool { count <= limit.count && byteCount <= limit.byteCount }
}
