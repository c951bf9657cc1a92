import ColdTier
import Knowledge
import Pipeline
import TestSupport
import Testing
import WarmTier

/// A write at each moment of a question's way at which an answer without it could still be served.
@Suite("Writes that race with questions")
struct WriteRaceTests {
    private static let question = "npm install asks for a token"
    private static let harmless = "postgres vacuum never ends"

    private func withStack(
        _ body: (TestStack, RedisProcess, GatedEncoder) async throws -> Void
    ) async throws {
        let redis = try await RedisProcess()
        let encoder = GatedEncoder(try await RealEncoder.shared())
        let stack = try await TestStack(redis: redis, encoder: encoder)
        for issue in [
            "npm install hangs behind a corporate proxy", "git push is rejected", "pod is in CrashLoopBackOff",
        ] {
            try await put(issue, "do this", stack)
        }
        try await wait { stack.tiers.warm.health.isServing }
        try await body(stack, redis, encoder)
        await stack.close()
    }

    private func put(_ issue: String, _ resolution: String, _ stack: TestStack) async throws {
        _ = try await stack.ingest.put(try ItemContent(issue: issue, resolution: resolution), for: .anonymous)
    }

    private func ask(_ stack: TestStack) async throws -> Reply {
        try await stack.lookup.answer(Question(text: Self.question), for: .anonymous)
    }

    private func wait(until isTrue: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(5)
        while !isTrue(), .now < deadline { try await Task.sleep(for: .milliseconds(1)) }
        try #require(isTrue())
    }

    private func knows(_ reply: Reply) -> Bool {
        String(decoding: reply.answer.fragment, as: UTF8.self).contains("log in first")
    }

    @Test("A write while a computation is in flight: who asks after it does not share that computation")
    func duringComputation() async throws {
        try await withStack { stack, _, encoder in
            encoder.closeGate()
            async let before = ask(stack)
            try await wait { encoder.waitingCount == 1 }
            try await put(Self.question, "log in first", stack)
            async let after = ask(stack)
            try await wait { encoder.waitingCount == 2 }
            encoder.openGate()
            let replies = try await [before, after]
            #expect(knows(replies[1]))
            #expect(!replies[1].coalesced)
            #expect(knows(try await ask(stack)))
        }
    }

    @Test("A write between the look-ups in hot and in warm", arguments: [true, false])
    func betweenHotAndWarm(isHarmless: Bool) async throws {
        try await withStack { stack, redis, _ in
            #expect(try await ask(stack).placedIn == .warm)
            redis.pause()
            async let reply = ask(stack)
            try await wait { stack.tiers.warm.outstanding > 0 }
            try await put(isHarmless ? Self.harmless : Self.question, "log in first", stack)
            redis.resume()
            let answered = try await reply
            #expect(answered.servedBy == (isHarmless ? .warm : .cold))
            #expect(knows(answered) == !isHarmless)
        }
    }

    @Test("A write while an answer is on its way into warm", arguments: [true, false])
    func onTheWayIntoWarm(isHarmless: Bool) async throws {
        try await withStack { stack, redis, encoder in
            encoder.closeGate()
            async let first = ask(stack)
            try await wait { encoder.waitingCount == 1 }
            redis.pause()
            encoder.openGate()
            try await wait { stack.tiers.warm.outstanding > 0 }
            try await put(isHarmless ? Self.harmless : Self.question, "log in first", stack)
            redis.resume()
            #expect(try await first.placedIn == .warm)
            let second = try await ask(stack)
            #expect(second.servedBy == (isHarmless ? .warm : .cold))
            #expect(knows(second) == !isHarmless)
        }
    }

    @Test("A hot answer outlives a harmless write, and says for which state of the knowledge it is right")
    func hot() async throws {
        try await withStack { stack, _, _ in
            for _ in 0..<4 { _ = try await ask(stack) }
            try await put(Self.harmless, "wait", stack)
            let kept = try await ask(stack)
            #expect(kept.servedBy == .hot)
            #expect(kept.answer.validThrough == stack.tiers.cold.changeNumber)
            #expect(kept.answer.changeNumber < kept.answer.validThrough)
            try await put(Self.question, "log in first", stack)
            let fresh = try await ask(stack)
            #expect(fresh.servedBy == .cold)
            #expect(knows(fresh))
        }
    }
}
