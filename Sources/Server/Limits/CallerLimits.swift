import Access
import HTTPTypes
import Hummingbird
import Knowledge
import Logging
import NIOPosix
import Pipeline
import WarmTier

/// What callers may do at most, for a server that requires keys: their rate, and their tenant's month.
struct CallerLimits: Sendable {
    /// `nil` where `RATE_LIMIT_PER_MINUTE` is 0.
    let rate: RateLimiter?
    let quota: MonthlyQuota
    /// `nil` where there is no Redis by the operator's will, or no rate.
    private let buckets: RedisBuckets?

    /// Starts connecting to Redis and returns at once.
    init(_ settings: Settings, access: AccessStore, storeID: String, time: TimeSource, logger: Logger) {
        quota = MonthlyQuota(
            perMonth: settings.quotaPerMonth, overrides: settings.quotaOverrides, time: time, book: access.quotaBook)
        guard let limit = settings.rateLimit else {
            rate = nil
            buckets = nil
            return
        }
        buckets = settings.redisURL.flatMap { try? RedisAddress(url: $0) }.map { address in
            RedisBuckets(
                address: address, storeID: storeID, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                logger: logger)
        }
        buckets?.start()
        rate = RateLimiter(limit, mode: settings.rateLimitMode, shared: buckets.map(SharedBuckets.init))
    }

    /// Lets a request of a caller through, or throws what it is told instead.
    ///
    /// - Returns: what the caller may know of its bucket; `nil` where there is none.
    func admit(_ kind: RouteClass, for caller: Caller) async throws(ContractError) -> LimitVerdict? {
        guard kind != .probe else { return nil }
        let verdict = await rate?.take(kind, for: caller)
        if let verdict, !verdict.isAllowed { throw .rateLimited(verdict) }
        if let month = await quota.take(kind.cost, for: caller.tenant), !month.isAllowed {
            throw .quotaExceeded(month)
        }
        return verdict
    }

    /// Why limits are not kept as they should be; `nil` when they are.
    var problem: String? {
        if rate?.isDegraded == true {
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
