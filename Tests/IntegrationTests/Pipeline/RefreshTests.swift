import Embedding
import HotTier
import Knowledge
import Pipeline
import Routing
import Synchronization
import TestSupport
import Testing
import WarmTier

@Suite("Refreshing hot answers before they expire")
struct RefreshTests {
    private static let question = "crash: npm install hangs behind our proxy"
    /// So rare a throw that any hit in the last fifth of a life is due.
    private static let due = 0.999_999_999_9

    /// What the die shows; 0 refreshes nothing.
    private final class Die: Sendable {
        private let value = Mutex(0.0)
        func show(_ uniform: Double) { value.withLock { $0 = uniform } }
        var uniform: Double { value.withLock { $0 } }
    }

    private func stack(
        _ die: Die, redis: RedisProcess? = nil, encoder: (any Encoder)? = nil, directory: TemporaryDirectory? = nil
    ) async throws -> TestStack {
        let real: any Encoder = try await RealEncoder.shared()
        let stack = try await TestStack(
            redis: redis, encoder: encoder ?? real, directory: directory, uniform: { die.uniform })
        if redis != nil { try await wait { stack.tiers.warm.health.isServing } }
        return stack
    }

    private func put(_ stack: TestStack) async throws {
        let content = try ItemContent(issue: "npm install hangs behind a proxy", resolution: "set the proxy")
        _ = try await stack.ingest.put(content, for: .anonymous)
    }

    private func ask(_ stack: TestStack) async throws -> Reply {
        try await stack.lookup.answer(Question(text: Self.question), for: .anonymous)
    }

    private func wait(until isTrue: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(5)
        while !isTrue(), .now < deadline { try await Task.sleep(for: .milliseconds(1)) }
        try #require(isTrue())
    }

    private func approachEnd(of answer: Answer, _ stack: TestStack) {
        stack.clock.set(answer.expiresAt.adding(milliseconds: -60_000))
    }

    @Test("The hit itself is served at once; the next has a new term, and nobody was counted as asking")
    func refreshed() async throws {
        let die = Die()
        let stack = try await stack(die)
        try await put(stack)
        let first = try await ask(stack).answer
        approachEnd(of: first, stack)
        let undecided = try await ask(stack)
        #expect(undecided.servedBy == .hot)

        die.show(Self.due)
        let metrics = stack.tiers.metrics
        let searches = metrics.search.snapshot().count
        let hit = try await ask(stack)
        #expect(hit.answer === first)
        try await wait { metrics.refreshes.value == 1 }
        #expect(metrics.search.snapshot().count == searches + 1)
        #expect(metrics.served.total == 3)
        #expect(stack.tiers.hot.count == 1)

        die.show(0)
        let renewed = try await ask(stack)
        #expect(renewed.servedBy == .hot)
        #expect(renewed.answer.expiresAt > first.expiresAt)
        #expect(renewed.answer.fragment == first.fragment)
        #expect(renewed.accessCount == hit.accessCount + 1)
        stack.clock.set(first.expiresAt.adding(milliseconds: 1))
        #expect(try await ask(stack).servedBy == .hot)
        await stack.close()
    }

    @Test("A refresh and a question that misses meanwhile are one computation")
    func coalesced() async throws {
        let redis = try await RedisProcess()
        let directory = try TemporaryDirectory()
        let die = Die()
        let before = try await stack(die, redis: redis, directory: directory)
        try await put(before)
        let kept = try await before.lookup.answer(Question(text: "npm install hangs behind our proxy"), for: .anonymous)
        #expect(kept.placedIn == .warm)
        await before.close()

        // A new process has no question vectors yet, so that the refresh meets the gate.
        let encoder = GatedEncoder(try await RealEncoder.shared())
        let stack = try await stack(die, redis: redis, encoder: encoder, directory: directory)
        @Sendable func ask() async throws -> Reply {
            try await stack.lookup.answer(Question(text: "npm install hangs behind our proxy"), for: .anonymous)
        }
        while try await ask().placedIn != .hot {}
        encoder.closeGate()
        approachEnd(of: kept.answer, stack)
        die.show(Self.due)
        #expect(try await ask().servedBy == .hot)
        try await wait { encoder.waitingCount == 1 }
        stack.tiers.hot.flush(tenant: nil)
        let misses = stack.tiers.hot.statistics.misses.value
        async let asking = ask()
        try await wait { stack.tiers.hot.statistics.misses.value > misses }
        // It has left hot; what lies between that and its joining is no wait.
        try await Task.sleep(for: .milliseconds(50))
        encoder.openGate()
        let reply = try await asking
        #expect(reply.coalesced)
        #expect(reply.answer.expiresAt > kept.answer.expiresAt)
        #expect(stack.tiers.metrics.encoding.snapshot().count == 1)
        #expect(stack.tiers.metrics.search.snapshot().count == 1)
        await stack.close()
    }

    @Test("When cold cannot be read the hit is served, and the answer stays until its end")
    func failing() async throws {
        let die = Die()
        let stack = try await stack(die)
        try await put(stack)
        let first = try await ask(stack).answer
        approachEnd(of: first, stack)
        let fault = try ColdFault(directory: stack.directory.path)
        try await fault.strike()
        die.show(Self.due)
        for _ in 0..<3 {
            let reply = try await ask(stack)
            #expect(reply.answer === first)
            #expect(reply.degraded.isEmpty)
            #expect(reply.expiredFor == nil)
        }
        #expect(stack.tiers.metrics.refreshes.value == 0)
        try await fault.heal()
        // One that began before the fault was healed may still be failing.
        for _ in 0..<100 where stack.tiers.metrics.refreshes.value == 0 {
            _ = try await ask(stack)
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(stack.tiers.metrics.refreshes.value >= 1)
        await stack.close()
    }
}
