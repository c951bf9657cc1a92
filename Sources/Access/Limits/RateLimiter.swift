public import Knowledge
import Synchronization

/// Keeps callers to their rate: a token bucket for each, shared with other servers where they share a Redis.
///
/// Tables of callers are sharded; a lock is held for a look-up and some arithmetic, never while Redis is asked. In
/// leased mode one request asks for a caller at a time and the caller's others wait for it, so an attempt to flood
/// costs Redis one command for each lease, and none once it is known when the next token comes.
///
/// Bounded: `maximumCallers`; beyond, the caller that was idle the longest is forgotten, which gives it a full bucket
/// only while no Redis remembers it. Any task.
public final class RateLimiter: Sendable {
    /// About 20 MB. Callers are keys and subjects of tokens, so their number is the operator's.
    public static let maximumCallers = 100_000
    private static let shardCount = 16
    /// Leaves the four highest bits of a hash; the lowest choose the place within a shard.
    private static let shardShift = UInt.bitWidth - 4

    private struct CallerName: Hashable {
        let tenant: Tenant
        let subject: String
    }

    public let allowed = Counter()
    public let limited = Counter()
    /// Requests to the shared buckets.
    public let asked = Counter()
    /// Decisions of this server alone although buckets are shared.
    public let alone = Counter()

    private let shared: SharedBuckets?
    private let clock: MicrosecondClock
    private let callersPerShard: Int
    private let shards: [ShardBox]

    /// Callers whose names hash alike; a box, for a lock cannot lie in an array by itself.
    private final class ShardBox: Sendable {
        let callers = Mutex(RecencyTable<CallerName, CallerTokens>())
    }

    /// - Parameter shared: `nil` when this server is alone by the operator's will.
    public init(
        shared: SharedBuckets?, clock: MicrosecondClock = .monotonic, maximumCallers: Int = RateLimiter.maximumCallers
    ) {
        self.shared = shared
        self.clock = clock
        callersPerShard = max(1, maximumCallers / Self.shardCount)
        shards = (0..<Self.shardCount).map { _ in ShardBox() }
    }

    /// Whether callers' rates are kept by this server alone although they should be shared.
    public var isDegraded: Bool { shared.map { !$0.isReachable() } ?? false }
    public var callerCount: Int { shards.reduce(0) { $0 + $1.callers.withLock(\.count) } }

    /// Takes a request's tokens from its caller's bucket.
    ///
    /// - Parameters:
    ///   - limit: the one in force; another than before is that of the same bucket.
    ///   - mode: the one in force.
    public func take(
        _ requestClass: RouteClass, for caller: Caller, of limit: RateLimit, _ mode: LimitMode
    ) async -> LimitVerdict {
        let verdict = await decide(limit.payable(requestClass.cost), for: caller, of: limit, mode)
        (verdict.isAllowed ? allowed : limited).add()
        return verdict
    }

    private func decide(
        _ cost: Int, for caller: Caller, of limit: RateLimit, _ mode: LimitMode
    ) async -> LimitVerdict {
        let name = CallerName(tenant: caller.tenant, subject: caller.subject)
        let shard = shards[Int(UInt(bitPattern: name.hashValue) >> Self.shardShift)]
        while true {
            let isShared = shared?.isReachable() ?? false
            let now = clock.now()
            let step = step(name, shard) { $0.step(cost, at: now, of: limit, mode, isShared: isShared) }
            switch step {
            case .decided(let verdict):
                if shared != nil, !isShared { alone.add() }
                return verdict
            case .wait: await turn(name, shard)
            case .ask(let returned, let missing):
                asked.add()
                let reply = await shared?.take(
                    SharedBuckets.Request(
                        tenant: name.tenant, subject: name.subject, cost: cost, returned: returned,
                        missingMicroseconds: missing), limit, mode)
                if reply == nil { alone.add() }
                let answeredAt = clock.now()
                return settle(name, shard) { $0.settle(reply, cost, askedAt: now, at: answeredAt, of: limit) }
            }
        }
    }

    private func step(
        _ name: CallerName, _ shard: ShardBox, _ decide: (inout CallerTokens) -> CallerTokens.Step
    ) -> CallerTokens.Step {
        let (step, forgotten) = shard.callers.withLock { callers -> (CallerTokens.Step, CallerTokens?) in
            if let known = callers.use(name, decide) { return (known, nil) }
            var tokens = CallerTokens()
            let step = decide(&tokens)
            return (step, insert(tokens, name, into: &callers))
        }
        forgotten?.waiting.forEach { $0.resume() }
        return step
    }

    /// - Returns: the caller that made room.
    private func insert(
        _ tokens: CallerTokens, _ name: CallerName, into callers: inout RecencyTable<CallerName, CallerTokens>
    ) -> CallerTokens? {
        let forgotten = callers.count >= callersPerShard ? callers.removeLeastRecent()?.value : nil
        callers.insert(name, tokens)
        return forgotten
    }

    private func settle(
        _ name: CallerName, _ shard: ShardBox, _ decide: (inout CallerTokens) -> LimitVerdict
    ) -> LimitVerdict {
        let (verdict, waiting) = shard.callers.withLock { callers in
            // Forgotten meanwhile, its tokens are settled all the same, for who asked.
            var tokens = callers.peek(name) ?? CallerTokens()
            let verdict = decide(&tokens)
            let waiting = tokens.waiting
            tokens.waiting = []
            _ = callers.use(name) { $0 = tokens }
            return (verdict, waiting)
        }
        for continuation in waiting { continuation.resume() }
        return verdict
    }

    /// Returns once who asks for this caller has been told.
    private func turn(_ name: CallerName, _ shard: ShardBox) async {
        await withCheckedContinuation { continuation in
            let isWaiting = shard.callers.withLock { callers in
                callers.use(name) { tokens in
                    guard tokens.isAsking else { return false }
                    tokens.waiting.append(continuation)
                    return true
                } ?? false
            }
            if !isWaiting { continuation.resume() }
        }
    }
}
