public import Knowledge
import Synchronization

/// How one tenant's questions were answered since the start: what it may see of the counts of all.
public final class TenantMetrics: Sendable {
    private let latencies: [ServedBy: LatencyHistogram]

    init() {
        latencies = Dictionary(uniqueKeysWithValues: ServedBy.allCases.map { ($0, LatencyHistogram()) })
    }

    public func latency(_ servedBy: ServedBy) -> LatencySnapshot {
        latencies[servedBy]?.snapshot() ?? LatencyHistogram().snapshot()
    }

    func record(_ servedBy: ServedBy, _ elapsed: Duration) { latencies[servedBy]?.record(elapsed) }
}

/// The metrics of each tenant that has asked something. Any thread.
final class TenantMetricsTable: Sendable {
    /// About 11 KB each. Those that come later are counted on the whole alone.
    static let maximumTenants = 256

    private let tenants = Mutex<[Tenant: TenantMetrics]>([:])

    /// - Returns: `nil` when the tenant has no place in the table.
    func entry(of tenant: Tenant) -> TenantMetrics? {
        tenants.withLock { tenants in
            if let known = tenants[tenant] { return known }
            guard tenants.count < Self.maximumTenants else { return nil }
            let new = TenantMetrics()
            tenants[tenant] = new
            return new
        }
    }

    var all: [Tenant] { tenants.withLock { Array($0.keys) } }

    func known(_ tenant: Tenant) -> TenantMetrics? { tenants.withLock { $0[tenant] } }
}
