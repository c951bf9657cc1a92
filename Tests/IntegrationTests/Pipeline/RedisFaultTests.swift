import Knowledge
import Pipeline
import TestSupport
import Testing
import WarmTier

/// What becomes of questions when Redis is not what it was.
@Suite("Questions while Redis is paused, restarted empty, or another store's")
struct RedisFaultTests {
    private static let question = "npm install asks for a token"

    private func stack(_ redis: RedisProcess, allowance: Duration = TestStack.patientWarmAllowance) async throws
        -> TestStack
    {
        let stack = try await TestStack(
            redis: redis, encoder: try await RealEncoder.shared(), warmAllowance: allowance)
        try await wait { stack.tiers.warm.health.isServing }
        return stack
    }

    private func put(_ resolution: String, _ stack: TestStack) async throws {
        let content = try ItemContent(issue: "npm install wants a token", resolution: resolution)
        _ = try await stack.ingest.put(content, for: .anonymous)
    }

    private func ask(_ stack: TestStack, _ text: String = question) async throws -> Reply {
        try await stack.lookup.answer(Question(text: text), for: .anonymous)
    }

    private func wait(until isTrue: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(5)
        while !isTrue(), .now < deadline { try await Task.sleep(for: .milliseconds(1)) }
        try #require(isTrue())
    }

    @Test("Redis paused: a question waits for one deadline of 5 ms at most, and after the breaker has opened for none")
    func paused() async throws {
        let redis = try await RedisProcess()
        let stack = try await stack(redis, allowance: TierStack.defaultWarmAllowance)
        try await put("log in", stack)
        redis.pause()
        var waited = 0
        for number in 0..<30 {
            let sent = stack.tiers.warm.statistics.timeouts
            let reply = try await ask(stack, "\(Self.question) \(number)")
            #expect(reply.servedBy == .cold)
            #expect(reply.degraded.map(\.part) == ["warm_cache"])
            #expect(reply.placedIn == .cold)
            let commands = stack.tiers.warm.statistics.timeouts - sent
            // The look-up takes the whole allowance, so that placing the answer may not wait again.
            #expect(commands <= 1, "question \(number) waited for \(commands) commands")
            waited += commands
            let step = reply.steps.first { $0.name == "warm.exact" }
            #expect(step?.outcome == "unavailable")
        }
        #expect(waited >= CircuitBreaker.failureLimit && waited < 30, "the breaker did not open: \(waited) waited")
        let after = stack.tiers.warm.statistics.timeouts
        for number in 0..<10 { _ = try await ask(stack, "\(Self.question), once more \(number)") }
        #expect(stack.tiers.warm.statistics.timeouts == after)
        #expect(!stack.tiers.warm.health.isServing)
        redis.resume()
        try await wait { stack.tiers.warm.health.isServing }
        try await wait { stack.tiers.warm.outstanding == 0 }
        await stack.close()
    }

    @Test("Redis restarted empty: a miss, computed and kept again, by a script that is loaded again")
    func restartedEmpty() async throws {
        let redis = try await RedisProcess()
        let stack = try await stack(redis)
        try await put("log in", stack)
        let first = try await ask(stack)
        #expect(first.placedIn == .warm)
        try await redis.restart()
        try await wait { stack.tiers.warm.health.isServing }
        // The session may not have noticed the end of the first Redis yet; then this question goes without.
        var second = try await ask(stack)
        for _ in 0..<50 where second.placedIn == .cold {
            try await Task.sleep(for: .milliseconds(50))
            second = try await ask(stack)
        }
        #expect(second.servedBy == .cold)
        #expect(second.placedIn != .cold)
        #expect(second.answer.fragment == first.answer.fragment)
        await stack.close()
    }

    @Test("Redis holds another store's answers: they are not found, nor served when they lie under this one's keys")
    func anotherStore() async throws {
        let redis = try await RedisProcess()
        let theirs = try await stack(redis)
        try await put("their secret", theirs)
        #expect(try await ask(theirs).placedIn == .warm)
        let theirKeys = try await keys(redis)
        #expect(theirKeys.count == 1)

        let ours = try await stack(redis)
        try await put("log in", ours)
        let first = try await ask(ours)
        #expect(first.servedBy == .cold)
        #expect(!shows(first, "their secret"))
        let ourKey = try #require(try await keys(redis).first { !theirKeys.contains($0) })

        try await redis.command("COPY", theirKeys[0], ourKey, "REPLACE")
        let forged = try await ask(ours)
        #expect(forged.servedBy == .cold)
        #expect(!shows(forged, "their secret"))
        #expect(ours.tiers.warm.statistics.undecodable == 1)

        _ = await ours.tiers.warm.flush(tenant: nil)
        #expect(try await keys(redis) == theirKeys)
        await ours.close()
        await theirs.close()
    }

    private func shows(_ reply: Reply, _ text: String) -> Bool {
        String(decoding: reply.answer.fragment, as: UTF8.self).contains(text)
    }

    /// Of answers, not of the sets beside them.
    private func keys(_ redis: RedisProcess) async throws -> [String] {
        // The first line is the cursor: one call sees all there is.
        try await redis.command("SCAN", "0", "COUNT", "10000", "TYPE", "string").split(separator: "\n").dropFirst()
            .map(String.init).sorted()
    }
}
