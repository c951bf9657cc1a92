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

    /// Of one tenant, its pinned answers included.
    let limit: Holding
    private let holdings = Mutex<[Tenant: Holding]>([:])

    init(limit: Holding) {
        self.limit = limit
    }

    /// Whether the tenant would hold more than it may with so much more.
    func isOver(_ tenant: Tenant, with room: Holding) -> Bool {
        let held = holding(of: tenant)
        return held.count + room.count > limit.count || held.byteCount + room.byteCount > limit.byteCount
    }

    func holding(of tenant: Tenant) -> Holding { holdings.withLock { $0[tenant] ?? Holding() } }

    func change(_ tenant: Tenant, count: Int, byteCount: Int) {
        holdings.withLock { holdings in
            var held = holdings[tenant] ?? Holding()
            held.count += count
            held.byteCount += byteCount
            holdings[tenant] = held == Holding() ? nil : held
        }
    }
}
