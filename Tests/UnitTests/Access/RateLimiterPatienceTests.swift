import Access
import Knowledge
import Synchronization
import Testing

@Suite("What a request waits for tokens") struct RateLimiterPatienceTests {
    private static let caller = Caller(tenant: .default, roles: [.reader], subject: "key:one")
    private static let limit = RateLimit(perMinute: 1, burst: 20)

    /// Shared buckets that answer when the test lets them.
    private final class HeldBuckets: Sendable {
        private let (releases, release) = AsyncStream<SharedBuckets.Reply>.makeStream()
        private let (requests, noteRequest) = AsyncStream<SharedBuckets.Request>.makeStream()

        var shared: SharedBuckets {
            SharedBuckets(isReachable: { true }) { request, _, _ in
                self.noteRequest.yield(request)
                return await self.releases.first { _ in true }
            }
        }

        func answer(_ reply: SharedBuckets.Reply) { release.yield(reply) }
        func request() async -> SharedBuckets.Request? { await requests.first { _ in true } }
    }

    @Test("A question that waits for another request's tokens gives up in its own time; what it took is taken off them")
    func questionBehindARead() async throws {
        let buckets = HeldBuckets()
        let limiter = RateLimiter(shared: buckets.shared)
        async let read = limiter.take(.read, for: Self.caller, of: Self.limit, .leased, within: .seconds(600))
        let first = await buckets.request()
        #expect(first?.missingMicroseconds == 0)

        // Redis has not answered, and does not until both questions have been decided.
        for _ in 0..<2 {
            let question = await limiter.take(
                .question, for: Self.caller, of: Self.limit, .leased, within: .milliseconds(5))
            #expect(question.isAllowed)
        }
        #expect(limiter.alone.value == 2 && limiter.asked.value == 1)

        // Five tokens: one for the read, two for the questions, two for what comes.
        buckets.answer(.granted(tokens: 5, fullInMicroseconds: 0, leaseMicroseconds: 600_000_000))
        #expect(await read.isAllowed)
        for _ in 0..<2 {
            #expect(await limiter.take(.read, for: Self.caller, of: Self.limit, .leased).isAllowed)
        }
        #expect(limiter.asked.value == 1)
        async let next = limiter.take(.read, for: Self.caller, of: Self.limit, .leased, within: .seconds(600))
        let second = await buckets.request()
        #expect(second?.missingMicroseconds == 0, "all that passed was of the lease")
        buckets.answer(.granted(tokens: 1, fullInMicroseconds: 0, leaseMicroseconds: 0))
        #expect(await next.isAllowed)
    }

    @Test("What passes alone beyond the lease is told to the shared bucket with the next request")
    func beyondTheLease() async throws {
        let buckets = HeldBuckets()
        let limiter = RateLimiter(shared: buckets.shared)
        async let read = limiter.take(.read, for: Self.caller, of: Self.limit, .leased, within: .seconds(600))
        _ = await buckets.request()
        for _ in 0..<3 {
            _ = await limiter.take(.question, for: Self.caller, of: Self.limit, .leased, within: .milliseconds(5))
        }
        buckets.answer(.granted(tokens: 2, fullInMicroseconds: 0, leaseMicroseconds: 600_000_000))
        #expect(await read.isAllowed)
        async let next = limiter.take(.read, for: Self.caller, of: Self.limit, .leased, within: .seconds(600))
        let told = await buckets.request()?.missingMicroseconds ?? 0
        // Two tokens, less what has come meanwhile.
        #expect(told > Self.limit.tokenMicroseconds && told <= 2 * Self.limit.tokenMicroseconds)
        buckets.answer(.granted(tokens: 1, fullInMicroseconds: 0, leaseMicroseconds: 0))
        #expect(await next.isAllowed)
    }
}
