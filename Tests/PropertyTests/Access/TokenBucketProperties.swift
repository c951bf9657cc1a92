import Access
import Knowledge
import TestSupport
import Testing

@Suite("Token buckets against a naive one") struct TokenBucketProperties {
    private static func limit(_ random: inout SeededGenerator) -> RateLimit {
        RateLimit(
            perMinute: [1, 7, 60, 600, 100_000].randomElement(using: &random) ?? 60,
            burst: Int.random(in: 1...40, using: &random))
    }

    /// Mostly less than a token takes, sometimes a long rest.
    private static func step(_ limit: RateLimit, _ random: inout SeededGenerator) -> Int64 {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: Int64.random(in: 0...60, using: &random) * limit.tokenMicroseconds
        case 1..<8: 0
        default: Int64.random(in: 0...limit.tokenMicroseconds * 2, using: &random)
        }
    }

    @Test("It lets pass what the naive one does, and says to the microsecond when the next may come")
    func alone() {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        for _ in 0..<50 {
            let limit = Self.limit(&random)
            var now = Int64.random(in: 0...1_000_000_000, using: &random)
            var bucket = TokenBucket()
            var naive = NaiveBucket(burst: limit.burst, tokenMicroseconds: limit.tokenMicroseconds, at: now)
            for _ in 0..<500 {
                now += Self.step(limit, &random)
                let cost = Int.random(in: 1...limit.burst, using: &random)
                naive.advance(to: now)
                #expect(bucket.tokens(at: now, of: limit) == naive.tokens)
                let before = bucket
                let wait = bucket.take(cost, at: now, of: limit)
                let isTaken = naive.take(cost, at: now)
                #expect((wait == nil) == isTaken)
                guard let wait else { continue }
                #expect(bucket == before)
                var early = bucket
                let tooEarly = early.take(cost, at: now + wait - 1, of: limit)
                let inTime = early.take(cost, at: now + wait, of: limit)
                #expect(tooEarly != nil && inTime == nil)
            }
        }
    }

    @Test("A server alone keeps each of its callers to a naive bucket, whoever else asks")
    func limiter() async {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let limit = RateLimit(perMinute: 60, burst: 12)
        let model = SharedBucketModel(limit, at: 1_000)
        let limiter = RateLimiter(shared: nil, clock: model.clockOfServers)
        let callers = (0..<5).map { Caller(tenant: .default, roles: [], subject: "caller \($0)") }
        var naive = callers.map { _ in
            NaiveBucket(burst: limit.burst, tokenMicroseconds: limit.tokenMicroseconds, at: 1_000)
        }
        for _ in 0..<5_000 {
            model.advance(Self.step(limit, &random) / 4)
            let number = Int.random(in: 0..<callers.count, using: &random)
            let kind = [RouteClass.read, .write, .bulk].randomElement(using: &random) ?? .read
            let verdict = await limiter.take(kind, for: callers[number], of: limit, .leased)
            let isTaken = naive[number].take(kind.cost, at: model.now)
            #expect(verdict.isAllowed == isTaken)
            #expect(verdict.remaining == naive[number].tokens)
        }
    }

    @Test(
        "Servers that share a bucket let pass what one bucket would: exactly, or at most their leases less, never more",
        arguments: LimitMode.allCases, [1, 2, 3])
    func shared(mode: LimitMode, servers: Int) async {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        var refusals = 0
        for _ in 0..<40 {
            let limit = Self.limit(&random)
            let model = SharedBucketModel(limit, at: 0)
            let limiters = (0..<servers).map {
                RateLimiter(shared: model.buckets(of: $0), clock: model.clockOfServers)
            }
            var naive = NaiveBucket(burst: limit.burst, tokenMicroseconds: limit.tokenMicroseconds, at: 0)
            let caller = Caller(tenant: .default, roles: [], subject: "one")
            for _ in 0..<400 {
                model.advance(Self.step(limit, &random))
                let kind = Int.random(in: 0..<8, using: &random) == 0 ? RouteClass.write : .read
                let cost = min(kind.cost, limit.burst)
                let limiter = limiters[Int.random(in: 0..<servers, using: &random)]
                let verdict = await limiter.take(kind, for: caller, of: limit, mode)
                let now = model.now
                naive.advance(to: now)
                guard verdict.isAllowed else {
                    refusals += 1
                    let lease = mode == .exact ? 0 : max(limit.burst / SharedBuckets.leaseShare, cost)
                    // One lease more: what another server gives back goes unnoticed until the refusal ends.
                    #expect(naive.tokens < cost + (servers + (servers > 1 ? 1 : 0)) * lease)
                    #expect((verdict.retryMicroseconds ?? 0) > 0)
                    continue
                }
                let isTaken = naive.take(cost, at: now)
                #expect(isTaken, "more passed than one bucket lets pass")
            }
        }
        #expect(refusals > 0)
    }

    @Test("Who waits as long as it was told gets through", arguments: LimitMode.allCases)
    func retryAfter(mode: LimitMode) async {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let limit = RateLimit(perMinute: 60, burst: 20)
        let model = SharedBucketModel(limit, at: 0)
        let limiter = RateLimiter(shared: model.buckets(of: 0), clock: model.clockOfServers)
        let caller = Caller(tenant: .default, roles: [], subject: "one")
        for _ in 0..<300 {
            let kind = [RouteClass.read, .write, .bulk].randomElement(using: &random) ?? .read
            let verdict = await limiter.take(kind, for: caller, of: limit, mode)
            guard let seconds = verdict.retrySeconds else { continue }
            #expect(Int64(seconds) * 1_000_000 < (verdict.retryMicroseconds ?? 0) + 1_000_000)
            model.advance(Int64(seconds) * 1_000_000)
            #expect(await limiter.take(kind, for: caller, of: limit, mode).isAllowed)
        }
    }
}
