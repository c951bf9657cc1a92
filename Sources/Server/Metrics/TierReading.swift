import ColdTier
import HotTier
import Knowledge
import Pipeline
import WarmTier

/// The numbers of one tier at one moment, in the same terms for all three.
struct TierReading: Sendable {
    let tier: Tier
    /// Answers in hot and warm, items in cold; `nil` when the tier does not answer.
    let size: Int?
    /// `nil` when nothing but the disk bounds it.
    let capacity: Int?
    /// `nil` when the tier's medium does not tell.
    let bytes: Int?
    let maximumBytes: Int?
    /// By look-ups of the tier.
    let counts: TierCounts
    /// Questions counted for the tier.
    let answered: UInt64
    /// This and the next three are of all tenants together; `nil` in what one tenant is told.
    let admissions: UInt64?
    let evictions: UInt64?
    let expirations: UInt64?
    let invalidations: UInt64?
    let latency: LatencySnapshot
}

extension TierStack {
    /// Look-ups of each tier since the start. A search that finds nothing is a miss of cold.
    var tierCounts: CountSample {
        let warm = warm.statistics
        let served = metrics.served
        // Warm itself cannot tell an outdated answer from a good one: look-ups do, and it was no hit then.
        let outdated = metrics.warmInvalidations.value
        return CountSample(
            hot: TierCounts(hits: hot.statistics.hits.value, misses: hot.statistics.misses.value),
            warm: TierCounts(
                hits: UInt64(warm.hits) - min(outdated, UInt64(warm.hits)), misses: UInt64(warm.misses) + outdated),
            cold: TierCounts(hits: served.cold, misses: served.miss), served: served)
    }

    func hotReading() -> TierReading {
        let statistics = hot.statistics
        return TierReading(
            tier: .hot, size: hot.count, capacity: hot.capacity, bytes: hot.byteCount, maximumBytes: hot.maximumBytes,
            counts: tierCounts.hot, answered: metrics.served.hot, admissions: statistics.admissions.value,
            evictions: statistics.evictions.value,
            expirations: statistics.expirations.value, invalidations: statistics.invalidations.value,
            latency: metrics.latency(.hot))
    }

    /// - Parameter capacity: the setting; the tier itself keeps to it.
    func warmReading(capacity: Int) async -> TierReading {
        let statistics = warm.statistics
        return TierReading(
            tier: .warm, size: await warm.count(), capacity: capacity, bytes: nil, maximumBytes: nil,
            counts: tierCounts.warm, answered: metrics.served.warm, admissions: UInt64(statistics.admissions),
            evictions: UInt64(statistics.evictions), expirations: UInt64(statistics.expirations),
            invalidations: metrics.warmInvalidations.value, latency: metrics.latency(.warm))
    }

    func coldReading() -> TierReading {
        let statistics = cold.statistics()
        return TierReading(
            tier: .cold, size: statistics.items, capacity: nil, bytes: statistics.fileBytes, maximumBytes: nil,
            counts: tierCounts.cold, answered: metrics.served.cold, admissions: 0, evictions: 0, expirations: 0,
            invalidations: 0,
            latency: metrics.latency(.cold))
    }

    /// What one tenant is told of the tiers: what is its own. Every question of it is a look-up of hot, what hot did not answer
    /// one of warm, and so on.
    func readings(of tenant: Tenant, warmCapacity: Int) -> [TierReading] {
        let held = hot.holding(of: tenant)
        let counts = counts(of: tenant)
        let served = metrics.served(of: tenant)
        func reading(
            _ tier: Tier, size: Int?, capacity: Int?, bytes: Int?, maximumBytes: Int?, _ counts: TierCounts,
            _ answered: UInt64, _ servedBy: ServedBy
        ) -> TierReading {
            TierReading(
                tier: tier, size: size, capacity: capacity, bytes: bytes, maximumBytes: maximumBytes, counts: counts,
                answered: answered, admissions: nil, evictions: nil, expirations: nil, invalidations: nil,
                latency: metrics.latency(servedBy, of: tenant))
        }
        return [
            reading(
                .hot, size: held.count, capacity: hot.capacity, bytes: held.byteCount, maximumBytes: hot.maximumBytes,
                counts.hot, served.hot, .hot),
            reading(
                .warm, size: nil, capacity: warmCapacity, bytes: nil, maximumBytes: nil, counts.warm, served.warm, .warm
            ),
            reading(
                .cold, size: cold.itemCount(tenant), capacity: nil, bytes: nil, maximumBytes: nil, counts.cold,
                served.cold, .cold),
        ]
    }

    /// One tenant's look-ups of each tier since the start.
    func counts(of tenant: Tenant) -> CountSample {
        let served = metrics.served(of: tenant)
        return CountSample(
            hot: TierCounts(hits: served.hot, misses: served.total - served.hot),
            warm: TierCounts(hits: served.warm, misses: served.cold + served.miss),
            cold: TierCounts(hits: served.cold, misses: served.miss), served: served)
    }

    func readings(warmCapacity: Int) async -> [TierReading] {
        await [hotReading(), warmReading(capacity: warmCapacity), coldReading()]
    }
}
