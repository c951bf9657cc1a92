public import Knowledge
import Synchronization

/// Answers in process memory, exact by fingerprint, bounded by count and by bytes. No I/O; any thread.
///
/// Entries are spread over shards by fingerprint, each a `RecencyTable` under a lock of its own. Every use
/// stamps the entry with a tick of one shared counter, and each shard publishes the tick of its least recently
/// used entry. When the whole is over a bound, the shard with the oldest published tick evicts: the order
/// is that of one LRU list, but for uses that race with the eviction.
///
/// Invariant: once no admission is under way, `count ≤ capacity` and `byteCount ≤ maximumBytes`.
public final class HotTier: Sendable {
    /// A power of two. Enough that two cores rarely meet at one lock.
    private static let shardCount = 8

    public let capacity: Int
    public let maximumBytes: Int
    public let statistics = HotStatistics()

    private let shards: [Shard]
    private let clock = Atomic<UInt64>(1)
    private let entryCount = Atomic<Int>(0)
    private let totalBytes = Atomic<Int>(0)

    /// - Parameters:
    ///   - capacity: answers held at most; 0 switches the tier off.
    ///   - maximumBytes: bytes of answers held at most, as `Answer.byteCount` counts them.
    public init(capacity: Int, maximumBytes: Int) {
        self.capacity = capacity
        self.maximumBytes = maximumBytes
        shards = (0..<Self.shardCount).map { _ in Shard() }
    }

    public var count: Int { entryCount.load(ordering: .relaxed) }
    public var byteCount: Int { totalBytes.load(ordering: .relaxed) }
    public var isFull: Bool { count >= capacity }

    /// The answer to exactly this question, if it is here, has not expired and is still right.
    ///
    /// An answer found expired or invalid is dropped: it would never be served again.
    ///
    /// - Parameter isValid: whether no change to the knowledge could have altered the answer; called under
    ///   the shard's lock, so it must be brief.
    public func get(
        _ fingerprint: Fingerprint, key: QuestionKey, at now: Timestamp, isValid: (Answer) -> Bool
    ) -> Answer? {
        let tick = nextTick()
        let shard = shard(of: fingerprint)
        let found = shard.entries.withLock { entries -> Finding in
            let finding = entries.use(fingerprint) { entry -> Finding in
                guard entry.answer.key == key else { return .missing }
                guard now < entry.answer.expiresAt else { return .expired }
                guard isValid(entry.answer) else { return .invalid }
                entry.tick = tick
                return .valid(entry.answer)
            }
            switch finding {
            case .expired, .invalid: drop(fingerprint, from: &entries)
            case .valid, .missing, nil: break
            }
            shard.publishOldest(of: entries)
            return finding ?? .missing
        }
        statistics.count(found)
        guard case .valid(let answer) = found else { return nil }
        return answer
    }

    /// Takes an answer in, replacing one of the same fingerprint, and evicts what no longer fits.
    public func admit(_ answer: Answer) -> HotAdmission {
        guard capacity > 0 else { return .refused("the hot tier is switched off (HOT_CACHE_SIZE=0)") }
        guard answer.byteCount <= maximumBytes else {
            return .refused("the answer is larger than the hot tier (HOT_CACHE_MAX_BYTES=\(maximumBytes))")
        }
        let tick = nextTick()
        let shard = shard(of: answer.fingerprint)
        shard.entries.withLock { entries in
            let replaced = entries.insert(answer.fingerprint, Entry(answer: answer, tick: tick))
            if replaced == nil { entryCount.wrappingAdd(1, ordering: .relaxed) }
            totalBytes.wrappingAdd(answer.byteCount - (replaced?.answer.byteCount ?? 0), ordering: .relaxed)
            shard.publishOldest(of: entries)
        }
        statistics.admissions.add()
        return .admitted(evicted: evictExcess())
    }

    @discardableResult
    public func remove(_ fingerprint: Fingerprint, tenant: Tenant) -> Bool {
        let shard = shard(of: fingerprint)
        return shard.entries.withLock { entries in
            guard entries.peek(fingerprint)?.answer.tenant == tenant else { return false }
            drop(fingerprint, from: &entries)
            shard.publishOldest(of: entries)
            return true
        }
    }

    /// Drops the answers of one tenant, or of all.
    ///
    /// - Returns: how many were dropped.
    @discardableResult
    public func flush(tenant: Tenant?) -> Int {
        shards.reduce(0) { total, shard in
            total
                + shard.entries.withLock { entries in
                    let doomed = entries.entries.filter { tenant == nil || $0.value.answer.tenant == tenant }
                    for entry in doomed { drop(entry.key, from: &entries) }
                    shard.publishOldest(of: entries)
                    return doomed.count
                }
        }
    }

    /// The answers of one tenant, most recently used first.
    public func answers(tenant: Tenant) -> [Answer] {
        shards.flatMap { $0.entries.withLock { Array($0.entries.map(\.value)) } }
            .filter { $0.answer.tenant == tenant }
            .sorted { $0.tick > $1.tick }
            .map(\.answer)
    }

    private func evictExcess() -> [Answer] {
        var evicted: [Answer] = []
        while count > capacity || byteCount > maximumBytes {
            guard let shard = shards.min(by: { $0.oldestTick < $1.oldestTick }), shard.oldestTick != .max else { break }
            let victim = shard.entries.withLock { entries -> Answer? in
                guard let (fingerprint, entry) = entries.leastRecent else { return nil }
                drop(fingerprint, from: &entries)
                shard.publishOldest(of: entries)
                return entry.answer
            }
            if let victim { evicted.append(victim) }
        }
        statistics.evictions.add(UInt64(evicted.count))
        return evicted
    }

    private func drop(_ fingerprint: Fingerprint, from entries: inout RecencyTable<Fingerprint, Entry>) {
        guard let entry = entries.remove(fingerprint) else { return }
        entryCount.wrappingSubtract(1, ordering: .relaxed)
        totalBytes.wrappingSubtract(entry.answer.byteCount, ordering: .relaxed)
    }

    private func nextTick() -> UInt64 { clock.wrappingAdd(1, ordering: .relaxed).newValue }

    private func shard(of fingerprint: Fingerprint) -> Shard {
        shards[Int(truncatingIfNeeded: fingerprint.high) & (Self.shardCount - 1)]
    }

    /// Walks every shard; false means a bug. For tests.
    package var isConsistent: Bool {
        let counts = shards.map {
            $0.entries.withLock { ($0.isConsistent, $0.count, $0.entries.reduce(0) { $0 + $1.value.answer.byteCount }) }
        }
        return counts.allSatisfy(\.0) && counts.reduce(0) { $0 + $1.1 } == count
            && counts.reduce(0) { $0 + $1.2 } == byteCount
    }
}

/// What became of an admission.
public enum HotAdmission: Sendable {
    /// Taken in; these had to go, least recently used first.
    case admitted(evicted: [Answer])
    case refused(String)
}

struct Entry: Sendable {
    let answer: Answer
    /// Tick of its last use.
    var tick: UInt64
}

enum Finding: Sendable {
    case valid(Answer)
    case expired
    case invalid
    case missing
}

private final class Shard: Sendable {
    let entries = Mutex(RecencyTable<Fingerprint, Entry>())
    private let oldest = Atomic<UInt64>(.max)

    /// Tick of the least recently used entry; `UInt64.max` when there is none.
    var oldestTick: UInt64 { oldest.load(ordering: .relaxed) }

    func publishOldest(of entries: borrowing RecencyTable<Fingerprint, Entry>) {
        oldest.store(entries.leastRecent?.value.tick ?? .max, ordering: .relaxed)
    }
}
