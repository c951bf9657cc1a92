import ColdTier
import HotTier
import Knowledge
import Pipeline
import TestSupport
import Testing
import WarmTier

/// What is served while cold cannot be read.
@Suite("Stale answers when cold fails")
struct StaleAnswerTests {
    private static let inHot = "the crash of npm install asks for a token"
    private static let inWarm = "npm install asks for a token"

    private func withStack(
        expiredKeptMilliseconds: Int64 = TestStack.expiredKeptMilliseconds,
        _ body: (TestStack, ColdFault) async throws -> Void
    ) async throws {
        let stack = try await TestStack(
            redis: try await RedisProcess(), encoder: try await RealEncoder.shared(),
            expiredKeptMilliseconds: expiredKeptMilliseconds)
        for issue in ["npm install hangs behind a corporate proxy", "git push is rejected", "pod is pending"] {
            try await put(issue, stack)
        }
        let deadline = ContinuousClock.now + .seconds(5)
        while !stack.tiers.warm.health.isServing, .now < deadline { try await Task.sleep(for: .milliseconds(2)) }
        try await body(stack, try ColdFault(directory: stack.directory.path))
        await stack.close()
    }

    private func put(_ issue: String, _ stack: TestStack) async throws {
        _ = try await stack.ingest.put(try ItemContent(issue: issue, resolution: "do this"), for: .anonymous)
    }

    private func ask(_ stack: TestStack, _ text: String, cache: CacheUse = .default) async throws -> Reply {
        try await stack.lookup.answer(Question(text: text), for: .anonymous, cache: cache)
    }

    /// One second after the end.
    private func expire(_ answer: Answer, _ stack: TestStack, by milliseconds: Int64 = 1_000) {
        stack.clock.set(answer.expiresAt.adding(milliseconds: milliseconds))
    }

    private func expectUnavailable(_ stack: TestStack, _ text: String, cache: CacheUse = .default) async {
        do {
            let reply = try await ask(stack, text, cache: cache)
            Issue.record("answered from \(reply.servedBy), expired for \(String(describing: reply.expiredFor))")
        } catch {
            guard case LookupError.storageUnavailable = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("An expired hot answer is served and marked, as a question of hot; when cold is back it is computed")
    func hot() async throws {
        try await withStack { stack, fault in
            let first = try await ask(stack, Self.inHot)
            #expect(first.placedIn == .hot)
            expire(first.answer, stack)
            try await fault.strike()
            let stale = try await ask(stack, Self.inHot)
            #expect(stale.answer === first.answer)
            #expect(stale.servedBy == .hot && stale.match == .exact && stale.placedIn == .hot)
            #expect(stale.expiredFor == .seconds(1))
            #expect(stale.degraded.map(\.part) == ["cold_storage"])
            #expect(stack.tiers.metrics.served.hot == 1)
            #expect(stack.tiers.hot.statistics.hits.value == 0)
            #expect(stack.tiers.metrics.degradedReplies(without: "cold_storage") == 1)

            try await fault.heal()
            let healed = try await ask(stack, Self.inHot)
            #expect(healed.servedBy == .cold)
            #expect(healed.expiredFor == nil && healed.degraded.isEmpty)
            #expect(healed.answer.fragment == first.answer.fragment)
            #expect(try await ask(stack, Self.inHot).servedBy == .hot)
        }
    }

    @Test("An expired warm answer is served where it is, and goes no higher")
    func warm() async throws {
        try await withStack { stack, fault in
            let first = try await ask(stack, Self.inWarm)
            #expect(first.placedIn == .warm)
            expire(first.answer, stack)
            try await fault.strike()
            for _ in 0..<3 {
                let stale = try await ask(stack, Self.inWarm)
                #expect(stale.servedBy == .warm && stale.match == .exact && stale.placedIn == .warm)
                #expect(stale.expiredFor == .seconds(1))
                #expect(stale.answer.fragment == first.answer.fragment)
            }
            #expect(stack.tiers.hot.count == 0)
            #expect(stack.tiers.metrics.served.warm == 3)
            #expect(stack.tiers.warm.statistics.hits == 0)
            try await fault.heal()
            #expect(try await ask(stack, Self.inWarm).servedBy == .cold)
        }
    }

    @Test("What a change has invalidated is not served, what a harmless one left standing is")
    func invalidated() async throws {
        try await withStack { stack, fault in
            let answer = try await ask(stack, Self.inHot).answer
            _ = try await ask(stack, Self.inWarm)
            try await put("postgres vacuum never ends", stack)
            expire(answer, stack)
            try await fault.strike()
            #expect(try await ask(stack, Self.inHot).expiredFor != nil)
            try await fault.heal()
            try await put(Self.inWarm, stack)
            try await fault.strike()
            await expectUnavailable(stack, Self.inHot)
            await expectUnavailable(stack, Self.inWarm)
        }
    }

    @Test("Nor is what expired longer ago than is allowed")
    func allowance() async throws {
        try await withStack { stack, fault in
            let answer = try await ask(stack, Self.inHot).answer
            try await fault.strike()
            expire(answer, stack, by: TestStack.expiredKeptMilliseconds - 1)
            #expect(try await ask(stack, Self.inHot).servedBy == .hot)
            expire(answer, stack, by: TestStack.expiredKeptMilliseconds)
            await expectUnavailable(stack, Self.inHot)
            #expect(stack.tiers.hot.count == 0)
        }
    }

    @Test("Switched off, nothing expired is served")
    func off() async throws {
        try await withStack(expiredKeptMilliseconds: 0) { stack, fault in
            let hot = try await ask(stack, Self.inHot).answer
            let warm = try await ask(stack, Self.inWarm).answer
            try await fault.strike()
            stack.clock.set(max(hot.expiresAt, warm.expiresAt))
            await expectUnavailable(stack, Self.inHot)
            await expectUnavailable(stack, Self.inWarm)
        }
    }

    @Test("Nor to who bypasses the cache, nor for a question that was never answered")
    func unasked() async throws {
        try await withStack { stack, fault in
            _ = try await ask(stack, Self.inHot)
            try await fault.strike()
            await expectUnavailable(stack, Self.inHot, cache: .bypass)
            await expectUnavailable(stack, "never asked before")
            #expect(try await ask(stack, Self.inHot).degraded.isEmpty)
        }
    }

    @Test("An answer without results lives for a minute, and ends at once when something comes that fits")
    func negative() async throws {
        try await withStack { stack, _ in
            let nothing = "zzz qqq xylophone error"
            let first = try await ask(stack, nothing)
            #expect(first.servedBy == .miss)
            let lifetime = first.answer.expiresAt.milliseconds(since: first.answer.computedAt)
            #expect((54_000...66_000).contains(lifetime))
            expire(first.answer, stack, by: -1)
            #expect(try await ask(stack, nothing).servedBy == .hot)
            expire(first.answer, stack, by: 0)
            #expect(try await ask(stack, nothing).servedBy == .miss)

            try await put("postgres vacuum never ends", stack)
            #expect(try await ask(stack, nothing).servedBy == .hot)
            try await put(nothing, stack)
            #expect(try await ask(stack, nothing).servedBy == .cold)

            let found = try await ask(stack, Self.inHot).answer
            #expect(found.expiresAt.milliseconds(since: found.computedAt) >= 27 * 60_000)
        }
    }
}
