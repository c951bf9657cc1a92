import Knowledge
import Synchronization

extension HotTier {
    /// Walks every shard; false means a bug. For tests, while nothing else uses the tier.
    package var isConsistent: Bool {
        let entries = shards.flatMap { $0.table.withLock { $0.entries } }
        func sum(_ lane: Lane? = nil) -> (count: Int, byteCount: Int) {
            let chosen = entries.filter { lane == nil || $0.lane == lane }
            return (chosen.count, chosen.reduce(0) { $0 + $1.entry.answer.byteCount })
        }
        let (all, side, pinned) = (sum(), sum(.side), sum(.pinned))
        return shards.allSatisfy(\.isConsistent) && rules.ghostCount <= capacity
            && questions?.holds(entries.map(\.entry.answer)) != false
            && all == (count, byteCount) && side == (occupancy.sideCount, occupancy.sideByteCount)
            && (all.count - pinned.count, all.byteCount - pinned.byteCount) == (occupancy.count, occupancy.byteCount)
            && pinBudget.count == pins().count && pinBudget.byteCount == pinned.byteCount && sharesAreConsistent
    }

    private var sharesAreConsistent: Bool {
        let answers = answersOldestFirst()
        return Set(answers.map(\.tenant)).allSatisfy { tenant in
            let own = answers.filter { $0.tenant == tenant }
            let held = TenantShares.Holding(count: own.count, byteCount: own.reduce(0) { $0 + $1.byteCount })
            return shares.holding(of: tenant) == held
        }
    }
}
