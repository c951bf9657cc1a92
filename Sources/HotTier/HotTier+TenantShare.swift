import Knowledge
import Synchronization

/// A tenant at its share makes room among its own answers, so that no tenant pushes out another's.
extension HotTier {
    /// Evicts a tenant's answers, those that joined a queue the longest ago first, until its share holds, with a
    /// newcomer if there is one.
    func makeRoomInShare(of tenant: Tenant, for newcomer: Answer? = nil) -> [Answer] {
        guard limitsShares else { return [] }
        let room = TenantShares.Holding(count: newcomer == nil ? 0 : 1, byteCount: newcomer?.byteCount ?? 0)
        var evicted: [Answer] = []
        while shares.isOver(tenant, with: room) {
            let oldest = shards.compactMap { shard in
                shard.table.withLock { $0.oldest(of: tenant) }.map { (shard: shard, tick: $0.tick) }
            }
            guard let (shard, _) = oldest.min(by: { $0.tick < $1.tick }) else { break }
            if let victim = evictOldest(of: tenant, from: shard) { evicted.append(victim) }
        }
        statistics.evictions.add(UInt64(evicted.count))
        return evicted
    }

    /// - Returns: the answer evicted; `nil` when another thread was quicker.
    private func evictOldest(of tenant: Tenant, from shard: Shard) -> Answer? {
        shard.table.withLock { table in
            guard let (fingerprint, _) = table.oldest(of: tenant), let (entry, lane) = table.peek(fingerprint) else {
                return nil
            }
            discard(entry, in: lane, from: &table)
            rules.noteEviction(of: fingerprint, from: lane, occupancy)
            shard.publishOldest(of: table)
            return entry.answer
        }
    }
}
