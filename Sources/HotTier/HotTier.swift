public import Knowledge
import Synchronization

/// Answers in process memory, exact by fingerprint, bounded by count and by bytes. No I/O; any thread.
///
/// Entries are spread over shards by fingerprint, each with two queues (lanes) under a lock of its own. Whatever
/// joins a queue is stamped with a tick of one shared counter, and each shard publishes the tick of the oldest in
/// either lane. The oldest of the whole is therefore the oldest of the shard with the least published tick: eviction
/// goes by the order of one queue, not of eight, but for what races with it. What the queues mean, and which answer
/// goes, the `EvictionPolicy` decides; pinned answers lie in a lane of their own that no policy sees.
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
    /// Pins may hold 1 / 2 of what there is, so that the router always has room to place.
    static let pinShareDivisor = 2

    private let capacityLimit: Atomic<Int>
    private let byteLimit: Atomic<Int>
    public let policy: EvictionPolicy
    /// How long an answer is kept after it expired, for when nothing better is to be had; 0 drops it when found.
    public let expiredKeptMilliseconds: Int64
    public let statistics = HotStatistics()

    /// `nil` when there are no semantic hits.
    let questions: QuestionTable?
    let rules: EvictionRules
    let shards: [Shard]
    let pinBudget: PinBudget
    let shares: TenantShares
    /// Of both bounds, what one tenant may hold; `nil` for all.
    private let tenantShare: Double?
    private let clock = Atomic<UInt64>(1)
    private let entryCount = Atomic<Int>(0)
    private let totalBytes = Atomic<Int>(0)
    private let sideCount = Atomic<Int>(0)
    private let sideBytes = Atomic<Int>(0)
    private let pinnedCount = Atomic<Int>(0)
    private let pinnedBytes = Atomic<Int>(0)

    /// - Parameters:
    ///   - capacity: answers held at most; 0 switches the tier off.
    ///   - maximumBytes: bytes of answers held at most, as `Answer.byteCount` counts them.
    ///   - policy: which answers go when there is no more room.
    ///   - expiredKeptMilliseconds: how long an answer is kept after it expired.
    ///   - tenantShare: of both bounds that one tenant's answers may take, above 0 up to 1; at least one answer.
    ///   - findsSimilar: whether questions are kept for `nearest`.
    public init(
        capacity: Int, maximumBytes: Int, policy: EvictionPolicy = .standard, expiredKeptMilliseconds: Int64 = 0,
        tenantShare: Double = 1, findsSimilar: Bool = false
    ) {
        capacityLimit = Atomic(capacity)
        byteLimit = Atomic(maximumBytes)
        let share = tenantShare < 1 ? min(max(tenantShare, 0), 1) : nil
        self.tenantShare = share
        self.policy = policy
        self.expiredKeptMilliseconds = max(0, expiredKeptMilliseconds)
        questions = findsSimilar ? QuestionTable() : nil
        rules = EvictionRules(policy)
        let limits = Limits(capacity, maximumBytes, tenantShare: share)
        shares = TenantShares(limit: limits.tenant)
        pinBudget = PinBudget(limit: limits.pins, tenantLimit: limits.tenantPins)
        shards = (0..<Self.shardCount).map { _ in Shard(tracksTenants: share != nil) }
    }

    /// Answers held at most.
    public var capacity: Int { capacityLimit.load(ordering: .relaxed) }
    /// Bytes of answers held at most.
    public var maximumBytes: Int { byteLimit.load(ordering: .relaxed) }
    /// Whether a tenant may hold less than all.
    var limitsShares: Bool { tenantShare != nil }

    /// Changes both bounds, and evicts what no longer fits.
    ///
    /// Refused when there are more pins than a tier of that size takes: nobody's pin goes without being asked for.
    public func resize(capacity: Int, maximumBytes: Int) -> HotResize {
        let limits = Limits(capacity, maximumBytes, tenantShare: tenantShare)
        guard pinBudget.setLimits(limits.pins, tenant: limits.tenantPins) else {
            return .refused(
                "pins hold more than half of HOT_CACHE_SIZE=\(capacity), HOT_CACHE_MAX_BYTES=\(maximumBytes) "
                    + "(or of a tenant's share): unpin first")
        }
        capacityLimit.store(capacity, ordering: .relaxed)
        byteLimit.store(maximumBytes, ordering: .relaxed)
        shares.setLimit(limits.tenant)
        return .resized(evicted: makeRoom())
    }

    public var count: Int { entryCount.load(ordering: .relaxed) }
    public var byteCount: Int { totalBytes.load(ordering: .relaxed) }
    /// Answers of one tenant, and their bytes.
    public func holding(of tenant: Tenant) -> (count: Int, byteCount: Int) {
        let held = shares.holding(of: tenant)
        return (held.count, held.byteCount)
    }
    public var isFull: Bool { count >= capacity }

    /// The answer to exactly this question, if it is here, has not expired and is still right.
    ///
    /// An answer found invalid, or expired for longer than such are kept, is dropped: it would never be served again.
    /// One that is kept expired is no hit and no use, so eviction takes it like any that nobody asks for.
    ///
    /// - Parameter isValid: whether no change to the knowledge could have altered the answer; called under
    ///   the shard's lock, so it must be brief.
    public func get(
        _ fingerprint: Fingerprint, key: QuestionKey, at now: Timestamp, isValid: (Answer) -> Bool
    ) -> Answer? {
        let shard = shard(of: fingerprint)
        let found = shard.table.withLock { table -> Finding in
            guard let (entry, lane) = table.peek(fingerprint), entry.answer.key == key else { return .missing }
            let isOver = isOver(entry.answer, at: now)
            guard !isOver, isValid(entry.answer) else {
                discard(entry, in: lane, from: &table)
                shard.publishOldest(of: table)
                return isOver ? .expired : .invalid
            }
            guard now < entry.answer.expiresAt else { return .expired }
            if lane == .pinned || rules.use(entry) {
                table.renew(entry, in: lane, tick: nextTick())
                shard.publishOldest(of: table)
            }
            return .valid(entry.answer)
        }
        statistics.count(found)
        guard case .valid(let answer) = found else { return nil }
        return answer
    }

    /// The answer kept for exactly this question, expired or not; no look-up that counts, and no use.
    ///
    /// Whether it is still right, the caller checks.
    public func peek(_ fingerprint: Fingerprint, key: QuestionKey, at now: Timestamp) -> Answer? {
        let kept = shard(of: fingerprint).table.withLock { $0.peek(fingerprint)?.entry.answer }
        guard let kept, kept.key == key, !isOver(kept, at: now) else { return nil }
        return kept
    }

    private func isOver(_ answer: Answer, at now: Timestamp) -> Bool {
        answer.expiresAt.adding(milliseconds: expiredKeptMilliseconds) <= now
    }

    /// Takes an answer in, replacing one of the same fingerprint, and evicts what no longer fits.
    public func admit(_ answer: Answer) -> HotAdmission {
        guard capacity > 0 else { return .refused("the hot tier is switched off (HOT_CACHE_SIZE=0)") }
        guard answer.byteCount <= maximumBytes else {
            return .refused("the answer is larger than the hot tier (HOT_CACHE_MAX_BYTES=\(maximumBytes))")
        }
        guard answer.byteCount <= roomBesidePinned(for: answer.tenant) else {
            return .refused("the answer is larger than what pins leave of the tenant's share (TENANT_CACHE_SHARE)")
        }
        statistics.admissions.add()
        if replace(with: answer) {
            return .admitted(evicted: makeRoomInShare(of: answer.tenant) + makeRoom())
        }
        // Before it comes in, so that no policy mistakes the newcomer for the one to go.
        var evicted = makeRoomInShare(of: answer.tenant, for: answer)
        evicted += makeRoom(for: answer)
        insert(answer)
        // Others may have made the same room for theirs.
        evicted += makeRoomInShare(of: answer.tenant)
        evicted += makeRoom()
        return .admitted(evicted: evicted)
    }

    /// The answer to exactly this question as it lies here, whether it may still be served or not; not counted as a
    /// look-up.
    public func peek(_ fingerprint: Fingerprint, tenant: Tenant) -> Answer? {
        let found = shard(of: fingerprint).table.withLock { $0.peek(fingerprint)?.entry.answer }
        return found?.tenant == tenant ? found : nil
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

    /// Drops the answers of one tenant, or of all. Pins stay, for the answers that come next.
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

    /// The answers of all tenants, those that joined a queue first first: admitted in this order, they lie here as they do.
    public func answersOldestFirst() -> [Answer] {
        shards.flatMap { $0.table.withLock { $0.entries.map(\.entry) } }
            .sorted { $0.tick < $1.tick }
            .map(\.answer)
    }

    /// Puts an answer in the place of one of the same fingerprint, which counts as a use and renews it.
    private func replace(with answer: Answer) -> Bool {
        let shard = shard(of: answer.fingerprint)
        return shard.table.withLock { table in
            guard let (replaced, lane) = table.peek(answer.fingerprint) else { return false }
            if lane != .pinned { _ = rules.use(replaced) }
            discard(replaced, in: lane, from: &table)
            // What was pinned begins anew in a queue of the policy, which has not seen its uses.
            let uses = lane == .pinned ? UseCount() : replaced.uses
            settle(Entry(answer: answer, tick: nextTick(), uses: uses), in: &table) {
                lane == .pinned ? rules.laneForNewcomer(answer.fingerprint, occupancy) : lane
            }
            shard.publishOldest(of: table)
            return true
        }
    }

    private func insert(_ answer: Answer) {
        let shard = shard(of: answer.fingerprint)
        shard.table.withLock { table in
            // Another thread may have brought one since `replace` found none.
            if let (present, lane) = table.peek(answer.fingerprint) { discard(present, in: lane, from: &table) }
            settle(Entry(answer: answer, tick: nextTick()), in: &table) {
                rules.laneForNewcomer(answer.fingerprint, occupancy)
            }
            shard.publishOldest(of: table)
        }
    }

    /// Puts an entry among the pinned ones if it is pinned and they have room for it, else in `lane`.
    private func settle(_ entry: Entry, in table: inout LaneTable, otherwise lane: () -> Lane) {
        let answer = entry.answer
        let isHeld =
            table.pins.contains(HotPin(answer)) && pinBudget.takeBytes(answer.byteCount, answer.tenant)
        add(entry, in: isHeld ? .pinned : lane(), to: &table)
        questions?.insert(answer)
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
        count(entry.answer, 1)
        count(entry.answer, 1, in: lane)
    }

    /// Drops an entry for good, where `drop` may be followed by putting it into another queue.
    func discard(_ entry: Entry, in lane: Lane, from table: inout LaneTable) {
        drop(entry, in: lane, from: &table)
        questions?.remove(entry.answer)
    }

    func drop(_ entry: Entry, in lane: Lane, from table: inout LaneTable) {
        table.remove(entry, from: lane)
        count(entry.answer, -1)
        count(entry.answer, -1, in: lane)
        if lane == .pinned { pinBudget.returnBytes(entry.answer.byteCount, entry.answer.tenant) }
    }

    /// Puts an answer into another lane as one that has just come. The totals do not dip meanwhile, or an admission could
    /// see room that there is not.
    func move(_ entry: Entry, from lane: Lane, to next: Lane, in table: inout LaneTable) {
        table.remove(entry, from: lane)
        table.append(Entry(answer: entry.answer, tick: nextTick()), to: next)
        count(entry.answer, -1, in: lane)
        count(entry.answer, 1, in: next)
        if lane == .pinned { pinBudget.returnBytes(entry.answer.byteCount, entry.answer.tenant) }
    }

    /// - Parameter sign: 1 for an answer that came, −1 for one that went.
    private func count(_ answer: Answer, _ sign: Int) {
        let byteCount = sign * answer.byteCount
        entryCount.wrappingAdd(sign, ordering: .relaxed)
        totalBytes.wrappingAdd(byteCount, ordering: .relaxed)
        shares.change(answer.tenant, count: sign, byteCount: byteCount)
    }

    private func count(_ answer: Answer, _ sign: Int, in lane: Lane) {
        let byteCount = sign * answer.byteCount
        switch lane {
        case .main: break
        case .side:
            sideCount.wrappingAdd(sign, ordering: .relaxed)
            sideBytes.wrappingAdd(byteCount, ordering: .relaxed)
        case .pinned:
            pinnedCount.wrappingAdd(sign, ordering: .relaxed)
            pinnedBytes.wrappingAdd(byteCount, ordering: .relaxed)
        }
    }

    var occupancy: Occupancy {
        Occupancy(
            count: count - pinnedCount.load(ordering: .relaxed),
            byteCount: byteCount - pinnedBytes.load(ordering: .relaxed), sideCount: sideCount.load(ordering: .relaxed),
            sideByteCount: sideBytes.load(ordering: .relaxed))
    }

    func nextTick() -> UInt64 { clock.wrappingAdd(1, ordering: .relaxed).newValue }

    func shard(of fingerprint: Fingerprint) -> Shard {
        shards[Int(truncatingIfNeeded: fingerprint.high) & (Self.shardCount - 1)]
    }
}

/// What became of an admission.
public enum HotAdmission: Sendable {
    /// Taken in; these had to go, in this order.
    case admitted(evicted: [Answer])
    case refused(String)
}

/// What became of a change of the tier's bounds.
public enum HotResize: Sendable {
    /// In force; these had to go, in this order.
    case resized(evicted: [Answer])
    case refused(String)
}

enum Finding: Sendable {
    case valid(Answer)
    case expired
    case invalid
    case missing
}
