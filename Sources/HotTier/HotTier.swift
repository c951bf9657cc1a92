public import Knowledge
import Synchronization

/// Answers in process memory, exact by fingerprint, bounded by count and by bytes. No I/O; any thread.
///
/// Entries are spread over shards by fingerprint, each with two queues (lanes) under a lock of its own. Whatever
/// joins a queue is stamped with a tick of one shared counter, and each shard publishes the tick of the oldest in
/// either lane. The oldest of the whole is therefore the oldest of the shard with the least published tick: eviction
/// goes by the order of one queue, not of eight, but for what races with it. What the queues mean, and which answer
/// goes, the `EvictionPolicy` decides.
///
/// For semantic hits the tier also keeps the questions of its answers by their vectors (`QuestionTable`). That table is
/// changed under the lock of the answer's shard, its own lock being taken inside, so it has a row for each answer here.
///
/// Invariant: once no admission is under way, `count ≤ capacity` and `byteCount ≤ maximumBytes`.
public final class HotTier: Sendable {
    /// A power of two. Enough that two cores rarely meet at one lock.
    private static let shardCount = 8
    /// Answers spared in a row before the next one goes regardless. A policy spares one for each use at most, so
    /// this is met only after a burst of hits on a huge tier; it keeps an admission below about 2 ms there.
    private static let maximumSpared = 10_000

    public let capacity: Int
    public let maximumBytes: Int
    public let policy: EvictionPolicy
    public let statistics = HotStatistics()

    /// `nil` when there are no semantic hits.
    let questions: QuestionTable?
    private let rules: EvictionRules
    private let shards: [Shard]
    private let clock = Atomic<UInt64>(1)
    private let entryCount = Atomic<Int>(0)
    private let totalBytes = Atomic<Int>(0)
    private let sideCount = Atomic<Int>(0)
    private let sideBytes = Atomic<Int>(0)

    /// - Parameters:
    ///   - capacity: answers held at most; 0 switches the tier off.
    ///   - maximumBytes: bytes of answers held at most, as `Answer.byteCount` counts them.
    ///   - policy: which answers go when there is no more room.
    ///   - findsSimilar: whether questions are kept for `nearest`.
    public init(
        capacity: Int, maximumBytes: Int, policy: EvictionPolicy = .standard, findsSimilar: Bool = false
    ) {
        self.capacity = capacity
        self.maximumBytes = maximumBytes
        self.policy = policy
        questions = findsSimilar ? QuestionTable() : nil
        rules = EvictionRules(policy)
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
        let shard = shard(of: fingerprint)
        let found = shard.table.withLock { table -> Finding in
            guard let (entry, lane) = table.peek(fingerprint), entry.answer.key == key else { return .missing }
            let isExpired = now >= entry.answer.expiresAt
            guard !isExpired, isValid(entry.answer) else {
                discard(entry, in: lane, from: &table)
                shard.publishOldest(of: table)
                return isExpired ? .expired : .invalid
            }
            if rules.use(entry) {
                table.renew(fingerprint, in: lane, tick: nextTick())
                shard.publishOldest(of: table)
            }
            return .valid(entry.answer)
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
        statistics.admissions.add()
        if replace(with: answer) { return .admitted(evicted: makeRoom()) }
        // Before it comes in, so that no policy mistakes the newcomer for the one to go.
        var evicted = makeRoom(for: answer)
        insert(answer)
        // Others may have made the same room for theirs.
        evicted += makeRoom()
        return .admitted(evicted: evicted)
    }

    @discardableResult
    public func remove(_ fingerprint: Fingerprint, tenant: Tenant) -> Bool {
        let shard = shard(of: fingerprint)
        return shard.table.withLock { table in
            guard let (entry, lane) = table.peek(fingerprint), entry.answer.tenant == tenant else { return false }
            discard(entry, in: lane, from: &table)
            shard.publishOldest(of: table)
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
                + shard.table.withLock { table in
                    let doomed = table.entries.filter { tenant == nil || $0.entry.answer.tenant == tenant }
                    for (entry, lane) in doomed { discard(entry, in: lane, from: &table) }
                    shard.publishOldest(of: table)
                    return doomed.count
                }
        }
    }

    /// The answers of one tenant, those that joined a queue last first: under LRU, the most recently used.
    public func answers(tenant: Tenant) -> [Answer] {
        shards.flatMap { $0.table.withLock { $0.entries.map(\.entry) } }
            .filter { $0.answer.tenant == tenant }
            .sorted { $0.tick > $1.tick }
            .map(\.answer)
    }

    /// Puts an answer in the place of one of the same fingerprint, which counts as a use and renews it.
    private func replace(with answer: Answer) -> Bool {
        let shard = shard(of: answer.fingerprint)
        return shard.table.withLock { table in
            guard let (replaced, lane) = table.peek(answer.fingerprint) else { return false }
            _ = rules.use(replaced)
            discard(replaced, in: lane, from: &table)
            add(Entry(answer: answer, tick: nextTick(), uses: replaced.uses), in: lane, to: &table)
            questions?.insert(answer)
            shard.publishOldest(of: table)
            return true
        }
    }

    private func insert(_ answer: Answer) {
        let shard = shard(of: answer.fingerprint)
        shard.table.withLock { table in
            // Another thread may have brought one since `replace` found none.
            if let (present, lane) = table.peek(answer.fingerprint) { discard(present, in: lane, from: &table) }
            let lane = rules.laneForNewcomer(answer.fingerprint, occupancy)
            add(Entry(answer: answer, tick: nextTick()), in: lane, to: &table)
            questions?.insert(answer)
            shard.publishOldest(of: table)
        }
    }

    /// Evicts until the bounds hold, with a newcomer if there is one.
    private func makeRoom(for newcomer: Answer? = nil) -> [Answer] {
        let room = (count: newcomer == nil ? 0 : 1, byteCount: newcomer?.byteCount ?? 0)
        var evicted: [Answer] = []
        var spared = 0
        while count + room.count > capacity || byteCount + room.byteCount > maximumBytes {
            let lane = rules.laneToEvict(occupancy)
            guard let shard = shards.min(by: { $0.oldestTick(in: lane) < $1.oldestTick(in: lane) }),
                shard.oldestTick(in: lane) != .max
            else { break }  // Another thread is moving the last answer, and looks at the bounds after that.
            if let victim = evictOldest(of: shard, in: lane, maySpare: spared < Self.maximumSpared) {
                evicted.append(victim)
                spared = 0
            } else {
                spared += 1
            }
        }
        statistics.evictions.add(UInt64(evicted.count))
        return evicted
    }

    /// - Returns: the answer evicted; `nil` when it was spared, or gone before.
    private func evictOldest(of shard: Shard, in lane: Lane, maySpare: Bool) -> Answer? {
        shard.table.withLock { table in
            guard let (fingerprint, entry) = table.oldest(in: lane) else { return nil }
            defer { shard.publishOldest(of: table) }
            drop(entry, in: lane, from: &table)
            guard maySpare, let next = rules.spare(entry, in: lane) else {
                rules.noteEviction(of: fingerprint, from: lane, occupancy)
                questions?.remove(entry.answer)
                return entry.answer
            }
            add(Entry(answer: entry.answer, tick: nextTick(), uses: entry.uses), in: next, to: &table)
            return nil
        }
    }

    private func add(_ entry: Entry, in lane: Lane, to table: inout LaneTable) {
        table.append(entry, to: lane)
        count(1, entry.answer.byteCount, in: lane)
    }

    /// Drops an entry for good, where `drop` may be followed by putting it into another queue.
    private func discard(_ entry: Entry, in lane: Lane, from table: inout LaneTable) {
        drop(entry, in: lane, from: &table)
        questions?.remove(entry.answer)
    }

    private func drop(_ entry: Entry, in lane: Lane, from table: inout LaneTable) {
        table.remove(entry.answer.fingerprint, from: lane)
        count(-1, -entry.answer.byteCount, in: lane)
    }

    private func count(_ entries: Int, _ bytes: Int, in lane: Lane) {
        entryCount.wrappingAdd(entries, ordering: .relaxed)
        totalBytes.wrappingAdd(bytes, ordering: .relaxed)
        guard lane == .side else { return }
        sideCount.wrappingAdd(entries, ordering: .relaxed)
        sideBytes.wrappingAdd(bytes, ordering: .relaxed)
    }

    private var occupancy: Occupancy {
        Occupancy(
            count: count, byteCount: byteCount, sideCount: sideCount.load(ordering: .relaxed),
            sideByteCount: sideBytes.load(ordering: .relaxed))
    }

    private func nextTick() -> UInt64 { clock.wrappingAdd(1, ordering: .relaxed).newValue }

    private func shard(of fingerprint: Fingerprint) -> Shard {
        shards[Int(truncatingIfNeeded: fingerprint.high) & (Self.shardCount - 1)]
    }

    /// Walks every shard; false means a bug. For tests, while nothing else uses the tier.
    package var isConsistent: Bool {
        let entries = shards.flatMap { $0.table.withLock { $0.entries } }
        let side = entries.filter { $0.lane == .side }
        return shards.allSatisfy(\.isConsistent) && rules.ghostCount <= capacity
            && questions?.holds(entries.map(\.entry.answer)) != false
            && entries.count == count && side.count == occupancy.sideCount
            && entries.reduce(0) { $0 + $1.entry.answer.byteCount } == byteCount
            && side.reduce(0) { $0 + $1.entry.answer.byteCount } == occupancy.sideByteCount
    }
}

/// What became of an admission.
public enum HotAdmission: Sendable {
    /// Taken in; these had to go, in this order.
    case admitted(evicted: [Answer])
    case refused(String)
}

enum Finding: Sendable {
    case valid(Answer)
    case expired
    case invalid
    case missing
}

private final class Shard: Sendable {
    let table = Mutex(LaneTable())
    private let oldestInMain = Atomic<UInt64>(.max)
    private let oldestInSide = Atomic<UInt64>(.max)

    /// Tick of the oldest entry of a lane; `UInt64.max` when there is none.
    func oldestTick(in lane: Lane) -> UInt64 {
        switch lane {
        case .main: oldestInMain.load(ordering: .relaxed)
        case .side: oldestInSide.load(ordering: .relaxed)
        }
    }

    func publishOldest(of table: borrowing LaneTable) {
        oldestInMain.store(table.oldest(in: .main)?.entry.tick ?? .max, ordering: .relaxed)
        oldestInSide.store(table.oldest(in: .side)?.entry.tick ?? .max, ordering: .relaxed)
    }

    var isConsistent: Bool {
        table.withLock { table in
            table.isConsistent
                && Lane.allCases.allSatisfy { oldestTick(in: $0) == table.oldest(in: $0)?.entry.tick ?? .max }
        }
    }
}
