import Synchronization

/// Brings what an earlier run left in Redis down to today's capacity, batch by batch, after each connect and when the
/// capacity has changed.
final class CapacityTrimmer: Sendable {
    /// A batch is not a question's, so it may take longer; it still takes about a millisecond.
    private static let batchTimeout: Duration = .seconds(1)

    private let keyspace: WarmKeyspace
    private let capacity: WarmCapacity
    private let counters: WarmCounters
    private let link = Mutex<WeakLink>(WeakLink())

    private struct WeakLink: Sendable {
        weak var link: RedisLink?
    }

    init(keyspace: WarmKeyspace, capacity: WarmCapacity, counters: WarmCounters) {
        self.keyspace = keyspace
        self.capacity = capacity
        self.counters = counters
    }

    /// The link is made with a reference to this, so it can be told only afterwards.
    func attach(_ link: RedisLink) {
        self.link.withLock { $0.link = link }
    }

    func trim() {
        Task { while await trimBatch() {} }
    }

    /// - Returns: true while there is more to do.
    private func trimBatch() async -> Bool {
        guard let link = link.withLock({ $0.link }) else { return false }
        let outcome = await link.run(
            .trim, keys: [keyspace.recency, keyspace.expiry],
            arguments: [keyspace.prefix, String(capacity.value), String(LuaScript.batch)].map { [UInt8]($0.utf8) },
            within: Self.batchTimeout)
        guard case .success(.array(let parts)) = outcome, parts.count == 3 else { return false }
        counters.add(Int(parts[1].integer ?? 0), to: .evictions)
        counters.add(Int(parts[2].integer ?? 0), to: .expirations)
        return parts[0].integer == 1
    }
}
