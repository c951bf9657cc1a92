import Knowledge
import Synchronization

/// How many answers and bytes of the hot tier each tenant holds, and how many it may. Any thread.
///
/// Tenants without an answer have no entry, so the table is bounded by the number of answers.
final class TenantShares: Sendable {
    struct Holding: Sendable, Hashable {
        var count = 0
        var byteCount = 0
    }

    private struct State: Sendable {
        var limit: Holding
        var holdings: [Tenant: Holding] = [:]
    }

    private let state: Mutex<State>

    init(limit: Holding) {
        state = Mutex(State(limit: limit))
    }

    /// Of one tenant, its pinned answers included.
    var limit: Holding { state.withLock { $0.limit } }

    /// Holds from now on; whoever is over it makes room with its next answer.
    func setLimit(_ limit: Holding) { state.withLock { $0.limit = limit } }

    /// Whether the tenant would hold more than it may with so much more.
    func isOver(_ tenant: Tenant, with room: Holding) -> Bool {
        state.withLock { state in
            let held = state.holdings[tenant] ?? Holding()
            return held.count + room.count > state.limit.count
                || held.byteCount + room.byteCount > state.limit.byteCount
        }
    }

    func holding(of tenant: Tenant) -> Holding { state.withLock { $0.holdings[tenant] ?? Holding() } }

    func change(_ tenant: Tenant, count: Int, byteCount: Int) {
        state.withLock { state in
            var held = state.holdings[tenant] ?? Holding()
            held.count += count
            held.byteCount += byteCount
            state.holdings[tenant] = held == Holding() ? nil : held
        }
    }
}
