import ColdTier
import Embedding
import HotTier
import Knowledge
import Pipeline
import Routing
import Synchronization
import TestSupport
import Testing
import WarmTier

@Suite("A question's way through the tiers")
struct LookupTests {
    private func content(_ issue: String, _ resolution: String = "do this") throws -> ItemContent {
        try ItemContent(issue: issue, resolution: resolution, tags: ["t"])
    }

    private func stack(
        redis: Bool = true, encoder: Bool = true, hotCapacity: Int = 1_000
    ) async throws -> TestStack {
        let stack = try await TestStack(
            redis: redis ? try await RedisProcess() : nil, encoder: encoder ? try await RealEncoder.shared() : nil,
            hotCapacity: hotCapacity)
        for issue in [
            "npm install hangs behind a corporate proxy", "docker build fails with no space left on device",
            "git push is rejected because the remote contains work", "pod stays in CrashLoopBackOff",
        ] {
            _ = try await stack.ingest.put(try content(issue, "how to fix: \(issue)"), for: .anonymous)
        }
        if redis { try await waitForRedis(stack) }
        return stack
    }

    /// A stack connects in the background; a question asked before that is answered without Redis.
    private func waitForRedis(_ stack: TestStack) async throws {
        let deadline = ContinuousClock.now + .seconds(5)
        while !stack.tiers.warm.health.isServing, .now < deadline { try await Task.sleep(for: .milliseconds(2)) }
        try #require(stack.tiers.warm.health.isServing)
    }

    private func ask(_ stack: TestStack, _ text: String, cache: CacheUse = .default) async throws -> Reply {
        try await stack.lookup.answer(Question(text: text), for: .anonymous, cache: cache)
    }

    @Test("Asked again, it moves from cold through warm to hot, with the same bytes each time")
    func promotion() async throws {
        let stack = try await stack()
        var replies: [Reply] = []
        for _ in 0..<5 { replies.append(try await ask(stack, "npm install is stuck behind our proxy")) }
        #expect(replies.map(\.servedBy) == [.cold, .warm, .hot, .hot, .hot])
        #expect(replies.map(\.placedIn) == [.warm, .hot, .hot, .hot, .hot])
        #expect(
            replies.map(\.reason) == [
                "Common troubleshooting pattern", "High quality results: 0.9", "Recent frequent access: 3 times",
                "Recent frequent access: 4 times", "Recent frequent access: 5 times",
            ])
        #expect(Set(replies.map(\.answer.fragment)).count == 1)
        #expect(replies.map(\.accessCount) == [1, 2, 3, 4, 5])
        #expect(replies.allSatisfy { $0.degraded.isEmpty && $0.placementRefused == nil })
        #expect(
            String(decoding: replies[0].answer.fragment, as: UTF8.self).contains(
                "npm install hangs behind a corporate proxy"))
        await stack.close()
    }

    @Test("An item's own issue finds it first")
    func ownIssue() async throws {
        let stack = try await stack()
        let reply = try await ask(stack, "docker build fails with no space left on device")
        let text = String(decoding: reply.answer.fragment, as: UTF8.self)
        #expect(text.hasPrefix(#""results":[{"id":"2","#))
        #expect(text.hasSuffix(#""similarity_score":1"#))
        await stack.close()
    }

    @Test("A write is in the very next answer, wherever the old one was kept", arguments: [1, 2, 4])
    func visibleAtOnce(askings: Int) async throws {
        let stack = try await stack()
        for _ in 0..<askings { _ = try await ask(stack, "npm install asks for a token") }
        let new = try content("npm install asks for a token", "log in")
        guard case .created(let item) = try await stack.ingest.put(new, for: .anonymous) else {
            Issue.record("not created")
            return
        }
        let after = try await ask(stack, "npm install asks for a token")
        #expect(after.servedBy == .cold)
        #expect(String(decoding: after.answer.fragment, as: UTF8.self).contains("log in"))

        _ = try await stack.ingest.delete(item.id, expectedVersion: nil, for: .anonymous)
        // Perhaps the very answer from before the item came: it is right again.
        let gone = try await ask(stack, "npm install asks for a token")
        #expect(!String(decoding: gone.answer.fragment, as: UTF8.self).contains("log in"))
        await stack.close()
    }

    @Test("Without Redis answers go on and say so; when it is back it is used again")
    func redisAway() async throws {
        let redis = try await RedisProcess()
        let stack = try await TestStack(redis: redis, encoder: try await RealEncoder.shared())
        _ = try await stack.ingest.put(try content("npm install hangs"), for: .anonymous)
        await redis.stop()
        let away = try await ask(stack, "npm install hangs for ever")
        #expect(away.servedBy == .cold)
        #expect(away.degraded.map(\.part) == ["warm_cache"])
        #expect(away.placedIn == .cold)
        #expect(away.placementRefused != nil)

        try await redis.start()
        try await waitForRedis(stack)
        let back = try await ask(stack, "npm install hangs and hangs")
        #expect(back.degraded.isEmpty)
        #expect(back.placedIn == .warm)
        await stack.close()
    }

    @Test("Without an encoder the words answer, and nothing is kept")
    func encoderAway() async throws {
        let stack = try await stack(encoder: false)
        for _ in 0..<4 {
            let reply = try await ask(stack, "npm proxy")
            #expect(reply.servedBy == .cold)
            #expect(reply.degraded.map(\.part) == ["encoder"])
            #expect(reply.placedIn == .cold)
            #expect(String(decoding: reply.answer.fragment, as: UTF8.self).contains(#""score_basis":"lexical""#))
        }
        #expect(stack.tiers.hot.count == 0)
        await stack.close()
    }

    @Test("Items stored without an encoder get their vectors once there is one")
    func catchingUp() async throws {
        let directory = try TemporaryDirectory()
        let without = try await TestStack(redis: nil, encoder: nil, directory: directory)
        _ = try await without.ingest.put(try content("the build server runs out of memory"), for: .anonymous)
        await without.close()

        let with = try await TestStack(redis: nil, encoder: try await RealEncoder.shared(), directory: directory)
        #expect(try await with.ingest.embedPending() == 1)
        #expect(try await with.ingest.embedPending() == 0)
        let reply = try await ask(with, "our CI machine has too little RAM")
        #expect(reply.answer.resultCount == 1)
        #expect(reply.answer.quality > 0.3)
        await with.close()
    }

    private func adopt(_ encoder: any Encoder, _ stack: TestStack) async throws -> (any Encoder)? {
        try await stack.tiers.cold.adopt(encoder.identity)
        return nil
    }

    @Test("An encoder that comes late is taken in without a restart")
    func lateEncoder() async throws {
        let real = try await RealEncoder.shared()
        let isThere = Mutex(false)
        let stack = try await TestStack(redis: nil) { () async throws(EncoderError) -> any Encoder in
            guard isThere.withLock({ $0 }) else { throw .modelMissing(path: "nowhere") }
            return real
        }
        _ = try await stack.ingest.put(try content("the build server runs out of memory"), for: .anonymous)
        #expect(try await ask(stack, "our CI machine has too little RAM").servedBy == .miss)
        #expect(try await !stack.tiers.encoder.retry { try await adopt($0, stack) })

        isThere.withLock { $0 = true }
        #expect(try await stack.tiers.encoder.retry { try await adopt($0, stack) })
        #expect(try await stack.ingest.embedPending() == 1)
        let reply = try await ask(stack, "our CI machine has too little RAM")
        #expect(reply.servedBy == .cold)
        #expect(reply.degraded.map(\.part) == ["warm_cache"])
        await stack.close()
    }

    @Test("A critical word goes straight to hot; pushed out of it, the answer is found in warm")
    func demotion() async throws {
        let stack = try await stack(hotCapacity: 1)
        #expect(try await ask(stack, "error: docker has no space").placedIn == .hot)
        for _ in 0..<3 { _ = try await ask(stack, "crash of a pod in a loop") }
        #expect(stack.tiers.hot.count == 1)
        let deadline = ContinuousClock.now + .seconds(5)
        while stack.tiers.metrics.demotions.value == 0, .now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try await ask(stack, "error: docker has no space").servedBy == .warm)
        await stack.close()
    }

    @Test("A look-up that bypasses the cache computes, and keeps nothing")
    func bypass() async throws {
        let stack = try await stack()
        for _ in 0..<4 {
            let reply = try await ask(stack, "npm install error", cache: .bypass)
            #expect(reply.servedBy == .cold)
            #expect(reply.placedIn == .cold)
        }
        #expect(stack.tiers.hot.count == 0)
        #expect(await stack.tiers.warm.count() == 0)
        await stack.close()
    }

    @Test("64 who ask at once cause one search, and each is counted once")
    func coalescing() async throws {
        let stack = try await stack()
        let before = stack.tiers.metrics.search.snapshot().count
        let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
            for _ in 0..<64 { group.addTask { try await ask(stack, "why does my pod restart all the time") } }
            return try await group.reduce(into: [Reply]()) { $0.append($1) }
        }
        #expect(stack.tiers.metrics.search.snapshot().count - before == 1)
        #expect(Set(replies.map(\.answer.fragment)).count == 1)
        #expect(replies.contains { $0.coalesced })
        #expect(stack.tiers.metrics.served.total == 64)
        await stack.close()
    }

    @Test("An answer without results is a miss when computed and a hit when kept")
    func nothingFound() async throws {
        let stack = try await stack()
        var replies: [Reply] = []
        for _ in 0..<4 { replies.append(try await ask(stack, "zzz qqq xylophone error")) }
        #expect(replies.allSatisfy { $0.tierUsed == "no_results" && $0.answer.resultCount == 0 })
        #expect(replies.map(\.servedBy) == [.miss, .hot, .hot, .hot])
        let served = stack.tiers.metrics.served
        #expect((served.hot, served.miss, served.total) == (3, 1, 4))
        await stack.close()
    }

    @Test("An answer expires in every tier at the time fixed when it was computed")
    func expiry() async throws {
        let stack = try await stack()
        for _ in 0..<4 { _ = try await ask(stack, "npm install hangs here") }
        #expect(try await ask(stack, "npm install hangs here").servedBy == .hot)
        stack.clock.advance(milliseconds: 34 * 60_000)
        #expect(try await ask(stack, "npm install hangs here").servedBy == .cold)
        #expect(stack.tiers.hot.statistics.expirations.value == 1)
        await stack.close()
    }

    @Test("What one tenant knows and asks, another neither sees nor counts")
    func tenants() async throws {
        let stack = try await stack()
        let other = Caller(tenant: try #require(Tenant("other")), roles: [.reader])
        for _ in 0..<4 { _ = try await ask(stack, "npm install hangs behind a proxy") }
        let theirs = try await stack.lookup.answer(Question(text: "npm install hangs behind a proxy"), for: other)
        #expect(theirs.answer.resultCount == 0)
        #expect(theirs.accessCount == 1)
        #expect(theirs.servedBy == .miss)
        await stack.close()
    }
}
