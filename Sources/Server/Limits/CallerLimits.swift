import Access
import HTTPTypes
import Hummingbird
import Knowledge
import Logging
import NIOPosix
import Pipeline
import Synchronization
import WarmTier

/// What callers may do at most, for a server that requires keys: their rate, and their tenant's month. Any task.
final class CallerLimits: Sendable {
    /// What is in force; a request takes it once.
    private struct Policy: Sendable {
        /// `nil` where `RATE_LIMIT_PER_MINUTE` is 0.
        let rate: RateLimit?
        let mode: LimitMode
        let quotaPerMonth: Int
        let quotaOverrides: [Tenant: Int]

        init(_ settings: Settings) {
            rate = settings.rateLimit
            mode = settings.rateLimitMode
            quotaPerMonth = settings.quotaPerMonth
            quotaOverrides = settings.quotaOverrides
        }
    }

    let rate: RateLimiter
    let quota: MonthlyQuota
    private let policy: Mutex<Policy>
    /// `nil` where there is no Redis by the operator's will.
    private let buckets: RedisBuckets?

    /// Starts connecting to Redis and returns at once.
    init(_ settings: Settings, access: AccessStore, storeID: String, time: TimeSource, logger: Logger) {
        policy = Mutex(Policy(settings))
        quota = MonthlyQuota(time: time, book: access.quotaBook)
        buckets = settings.redisURL.flatMap { try? RedisAddress(url: $0) }.map { address in
            RedisBuckets(
                address: address, storeID: storeID, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                logger: logger)
        }
        buckets?.start()
        rate = RateLimiter(shared: buckets.map(SharedBuckets.init))
    }

    /// Puts changed settings in force, for the buckets that there are.
    func apply(_ settings: Settings) {
        policy.withLock { $0 = Policy(settings) }
    }

    /// Lets a request of a caller through, or throws what it is told instead.
    ///
    /// - Returns: what the caller may know of its bucket; `nil` where there is none.
    func admit(_ kind: RouteClass, for caller: Caller) async throws(ContractError) -> LimitVerdict? {
        guard kind != .probe else { return nil }
        let policy = policy.withLock { $0 }
        var verdict: LimitVerdict?
        if let limit = policy.rate {
            let found = await rate.take(kind, for: caller, of: limit, policy.mode)
            guard found.isAllowed else { throw .rateLimited(found) }
            verdict = found
        }
        let quotaLimit = policy.quotaOverrides[caller.tenant] ?? policy.quotaPerMonth
        if quotaLimit > 0 {
            let month = await quota.take(kind.cost, for: caller.tenant, of: quotaLimit)
            guard month.isAllowed else { throw .quotaExceeded(month) }
        }
        return verdict
    }

    /// Whether servers should share rates and do not.
    var isRateDegraded: Bool { policy.withLock { $0.rate != nil } && rate.isDegraded }

    /// Why limits are not kept as they should be; `nil` when they are.
    var problem: String? {
        if isRateDegraded {
            return "each server keeps rates alone: " + (buckets?.reason ?? "Redis does not answer")
        }
        return quota.isDegraded ? "quotas are not counted at the moment: the database takes no writes" : nil
    }

    func close() async {
        await quota.close()
        await buckets?.close()
    }
}

extension CallerLimits? {
    /// Answers a request that may go on; its reply, error or not, tells what is left.
    func passing(
        _ kind: RouteClass, _ caller: Caller, _ answer: () async throws -> Response
    ) async throws -> Response {
        guard let verdict = try await self?.admit(kind, for: caller) else { return try await answer() }
        do {
            var response = try await answer()
            response.headers.append(contentsOf: verdict.fields)
            return response
        } catch var error as ContractError {
            error.limitFields = verdict.fields
            throw error
        }
    }
}

extension SharedBuckets {
    init(_ buckets: RedisBuckets) {
        self.init {
            buckets.isServing
        } take: { request, limit, mode in
            guard
                let reply = await buckets.take(
                    RedisBuckets.Request(
                        tenant: request.tenant, subject: request.subject, burst: limit.burst,
                        tokenMicroseconds: limit.tokenMicroseconds, cost: request.cost,
                        leaseShare: mode == .leased ? Self.leaseShare : 0,
                        returned: request.returned, missingMicroseconds: request.missingMicroseconds))
            else { return nil }
            return reply.tokens > 0
                ? .granted(
                    tokens: reply.tokens, fullInMicroseconds: reply.fullInMicroseconds,
                    leaseMicroseconds: reply.leaseMicroseconds)
                : .refused(
                    retryInMicroseconds: reply.retryInMicroseconds, fullInMicroseconds: reply.fullInMicroseconds)
        }
    }
}
