public import Knowledge
public import Routing

/// Counts of answered questions. Written by `Lookup` alone, read from any thread.
public final class QuestionMetrics: Sendable {
    /// Questions that shared another's computation.
    public let coalesced = Counter()
    /// Answers pushed out of hot for capacity and taken in by warm.
    public let demotions = Counter()
    /// Answers raised from warm to hot.
    public let promotions = Counter()
    /// Answers in hot computed anew before they expired.
    public let refreshes = Counter()
    /// Answers found in warm that a change could have altered.
    public let warmInvalidations = Counter()
    /// Encoding of questions that were not in the cache of question vectors.
    public let encoding = LatencyHistogram()
    public let search = LatencyHistogram()
    /// Looking a question up in hot, found or not; with what is noted of it for advice.
    public let hotLookup = LatencyHistogram()

    private let latencies: [ServedBy: LatencyHistogram]
    private let tenants = TenantMetricsTable()
    private let matchCounts: [Match: Counter]
    private let decisionCounts: [RoutingDecision.Rule: Counter]
    private let degradedCounts: [String: Counter]

    init() {
        latencies = Dictionary(uniqueKeysWithValues: ServedBy.allCases.map { ($0, LatencyHistogram()) })
        matchCounts = Dictionary(uniqueKeysWithValues: Match.allCases.map { ($0, Counter()) })
        decisionCounts = Dictionary(uniqueKeysWithValues: RoutingDecision.Rule.allCases.map { ($0, Counter()) })
        degradedCounts = ["warm_cache": Counter(), "encoder": Counter(), "cold_storage": Counter()]
    }

    /// Durations of the look-ups that ended with this outcome. Their number is the number of questions so counted.
    ///
    /// - Parameter tenant: whose; `nil` for all.
    public func latency(_ servedBy: ServedBy, of tenant: Tenant? = nil) -> LatencySnapshot {
        guard let tenant else { return latencies[servedBy]?.snapshot() ?? LatencyHistogram().snapshot() }
        return tenants.known(tenant)?.latency(servedBy) ?? LatencyHistogram().snapshot()
    }

    public var served: ServedCounts { served(of: nil) }

    /// - Parameter tenant: whose; `nil` for all.
    public func served(of tenant: Tenant?) -> ServedCounts {
        ServedCounts(
            hot: latency(.hot, of: tenant).count, warm: latency(.warm, of: tenant).count,
            cold: latency(.cold, of: tenant).count, miss: latency(.miss, of: tenant).count)
    }

    /// The tenants that are counted apart.
    public var countedTenants: [Tenant] { tenants.all }

    /// Questions whose answer came to fit them so.
    public func answered(by match: Match) -> UInt64 { matchCounts[match]?.value ?? 0 }

    public func decisions(by rule: RoutingDecision.Rule) -> UInt64 { decisionCounts[rule]?.value ?? 0 }

    /// Replies that had to do without this part.
    public func degradedReplies(without part: String) -> UInt64 { degradedCounts[part]?.value ?? 0 }

    func count(
        _ servedBy: ServedBy, _ match: Match, took elapsed: Duration, rule: RoutingDecision.Rule,
        degraded: [Degradation], tenant: Tenant
    ) {
        latencies[servedBy]?.record(elapsed)
        tenants.entry(of: tenant)?.record(servedBy, elapsed)
        matchCounts[match]?.add()
        decisionCounts[rule]?.add()
        for degradation in degraded { degradedCounts[degradation.part]?.add() }
    }
}

/// Questions answered since the start, by the tier that answered.
public struct ServedCounts: Sendable, Hashable {
    public let hot: UInt64
    public let warm: UInt64
    public let cold: UInt64
    public let miss: UInt64

    public init(hot: UInt64, warm: UInt64, cold: UInt64, miss: UInt64) {
        self.hot = hot
        self.warm = warm
        self.cold = cold
        self.miss = miss
    }

    public var total: UInt64 { hot + warm + cold + miss }
}
