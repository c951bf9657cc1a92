import ColdTier
import Foundation
import HotTier
import Knowledge
import Pipeline
import Routing
import TestSupport
import Testing

@Suite("Semantic hits in a look-up")
struct SemanticHitTests {
    private static let kept = "In Jenkins, the nightly production job never starts"
    private static let asked = "the nightly production job never starts in Jenkins"

    /// Every answer goes to hot at once.
    private static let rules = RoutingRules(hotAccessThreshold: 1)

    private func stack(_ semantic: SemanticHits?, encoder: GatedEncoder? = nil) async throws -> TestStack {
        let real = try await RealEncoder.shared()
        let stack = try await TestStack(
            redis: nil, encoder: encoder ?? GatedEncoder(real), rules: Self.rules, semantic: semantic)
        for issue in [
            "nightly job in Jenkins does not start", "Jenkins agent is offline at night",
            "production job waits for an executor", "convert a repository from mercurial to git",
            "migrate a git repository to mercurial", "npm install hangs behind a corporate proxy",
        ] {
            let content = try ItemContent(issue: issue, resolution: "how to fix: \(issue)", category: "ci", tags: ["t"])
            _ = try await stack.ingest.put(content, for: .anonymous)
        }
        return stack
    }

    private func ask(
        _ stack: TestStack, _ text: String, topK: Int = 5, category: String? = nil, minScore: Double? = nil,
        strategy: SearchStrategy = .auto, cache: CacheUse = .default, threshold: Double? = nil,
        for caller: Caller = .anonymous
    ) async throws -> Reply {
        try await stack.lookup.answer(
            Question(text: text, topK: topK, category: category, minScore: minScore, strategy: strategy), for: caller,
            cache: cache, semanticThreshold: threshold)
    }

    /// Id and similarity of each result, in order.
    private func results(_ reply: Reply) throws -> [String: Double] {
        let json = Data("{".utf8) + Data(reply.answer.fragment) + Data("}".utf8)
        let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        let results = try #require(object["results"] as? [[String: Any]])
        return Dictionary(
            uniqueKeysWithValues: results.map {
                ($0["id"] as? String ?? "", ($0["similarity_score"] as? NSNumber)?.doubleValue ?? .nan)
            })
    }

    private func candidates(_ reply: Reply) -> [StepCandidate] {
        reply.steps.first { $0.name == "hot.semantic" }?.candidates ?? []
    }

    @Test("The same question in another order is answered from hot, scored for what was asked, and is never kept")
    func reuse() async throws {
        let semantic = try SemanticHits.sample()
        let stack = try await stack(semantic)
        #expect(try await ask(stack, Self.kept).match == .search)
        let fresh = try await ask(stack, Self.asked, topK: 20, cache: .bypass)
        for count in 1...4 {
            let reply = try await ask(stack, Self.asked)
            #expect(reply.match == .semantic && reply.servedBy == .hot && reply.tierUsed == "hot_memory")
            #expect(reply.matchedQuery == Self.kept.foldedQuestion())
            #expect(reply.placedIn == .cold && reply.placementRefused != nil)
            let scores = try results(reply)
            #expect(!scores.isEmpty)
            let freshScores = try results(fresh)
            for (id, similarity) in scores { #expect(freshScores[id] == similarity) }
            #expect(stack.tiers.hot.count == 1)
            #expect(semantic.candidates(.accepted) == UInt64(count))
        }
        let close = try #require(candidates(try await ask(stack, Self.asked)).first)
        #expect(close.subject == .question(Self.kept.foldedQuestion()))
        #expect(close.verdict == "accepted" && close.similarity >= 0.82)
        #expect(stack.tiers.metrics.answered(by: .semantic) == 5)
        #expect(stack.tiers.metrics.answered(by: .exact) == 0)
        #expect(stack.tiers.metrics.served.hot == 5)
        #expect(stack.tiers.hot.statistics.hits.value == 5)
        await stack.close()
    }

    @Test("Switched off, every question is answered for itself")
    func off() async throws {
        let stack = try await stack(nil)
        _ = try await ask(stack, Self.kept)
        let reply = try await ask(stack, Self.asked, threshold: 0.7)
        #expect(reply.match == .search && reply.matchedQuery == nil)
        #expect(!reply.steps.contains { $0.name == "hot.semantic" })
        await stack.close()
    }

    @Test("The reverse of a question is refused, and the rule is named and counted")
    func reversed() async throws {
        let semantic = try SemanticHits.sample()
        let stack = try await stack(semantic)
        _ = try await ask(stack, "convert a repository from mercurial to git")
        let reply = try await ask(stack, "convert a repository from git to mercurial")
        #expect(reply.match == .search)
        #expect(candidates(reply).map(\.verdict) == ["direction"])
        #expect(semantic.candidates(.refused(.direction)) == 1)
        #expect(semantic.candidates(.accepted) == 0)
        await stack.close()
    }

    @Test("A caller may ask for more likeness, never for less")
    func threshold() async throws {
        let stack = try await stack(try SemanticHits.sample())
        _ = try await ask(stack, Self.kept)
        let raised = try await ask(stack, Self.asked, cache: .default, threshold: 1)
        #expect(raised.match == .search)
        #expect(candidates(raised).map(\.verdict) == ["below_threshold"])
        await stack.close()

        let strict = try await self.stack(try SemanticHits.sample(threshold: 0.9999))
        _ = try await ask(strict, Self.kept)
        #expect(try await ask(strict, Self.asked, threshold: 0.1).match == .search)
        await strict.close()
    }

    @Test("Who asks for more likeness does not join who asked for less")
    func thresholdInFlight() async throws {
        let gate = GatedEncoder(try await RealEncoder.shared())
        let stack = try await stack(try SemanticHits.sample(), encoder: gate)
        _ = try await ask(stack, Self.kept)
        gate.closeGate()
        async let plain = ask(stack, Self.asked)
        async let low = ask(stack, Self.asked, threshold: 0.5)
        async let raised = ask(stack, Self.asked, threshold: 1)
        let deadline = ContinuousClock.now + .seconds(20)
        while stack.tiers.ledger.count < 2 || gate.waitingCount < 2, .now < deadline {
            try await Task.sleep(for: .milliseconds(2))
        }
        gate.openGate()
        let replies = try await [plain, low, raised]
        // The one that searched may have been kept before the others looked; then they found the exact answer.
        #expect(replies[0].match != .search && replies[1].match != .search)
        #expect(replies[2].match != .semantic)
        await stack.close()
    }

    @Test("Many who ask at once share one reuse, and nothing of it is kept")
    func coalesced() async throws {
        let semantic = try SemanticHits.sample()
        let gate = GatedEncoder(try await RealEncoder.shared())
        let stack = try await stack(semantic, encoder: gate)
        _ = try await ask(stack, Self.kept)
        gate.closeGate()
        let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
            for _ in 0..<16 { group.addTask { try await ask(stack, Self.asked) } }
            group.addTask {
                while gate.waitingCount == 0 { try await Task.sleep(for: .milliseconds(2)) }
                gate.openGate()
                return try await ask(stack, Self.asked)
            }
            return try await group.reduce(into: [Reply]()) { $0.append($1) }
        }
        #expect(replies.allSatisfy { $0.match == .semantic && $0.servedBy == .hot })
        #expect(stack.tiers.hot.count == 1)
        #expect(stack.tiers.metrics.served.total == 18)
        await stack.close()
    }

    @Test("Another tenant's answers and other options' are never reused")
    func scopes() async throws {
        let stack = try await stack(try SemanticHits.sample())
        let other = Caller(tenant: try #require(Tenant("other")), roles: Set(Role.allCases))
        let content = try ItemContent(issue: "nightly job in Jenkins does not start", resolution: "theirs")
        _ = try await stack.ingest.put(content, for: other)
        _ = try await ask(stack, Self.kept)
        #expect(try await ask(stack, Self.asked, for: other).match == .search)
        for reply in [
            try await ask(stack, Self.asked, topK: 3), try await ask(stack, Self.asked, category: "ci"),
            try await ask(stack, Self.asked, minScore: 0.3), try await ask(stack, Self.asked, strategy: .vector),
        ] { #expect(reply.match == .search && candidates(reply).isEmpty) }
        _ = try await ask(stack, Self.kept + "!", category: "ci")
        #expect(try await ask(stack, Self.asked + "?!", category: "ci").match == .semantic)
        await stack.close()
    }

    @Test("Words' answers are not reused, and bypassing the cache bypasses reuse")
    func wordsAndBypass() async throws {
        let stack = try await stack(try SemanticHits.sample())
        let coded = try await ask(stack, Self.asked + " E404")
        #expect(coded.steps.first { $0.name == "hot.semantic" }?.outcome == "skipped")
        for strategy in [SearchStrategy.lexical, .hybrid] {
            _ = try await ask(stack, Self.kept, strategy: strategy)
            let reply = try await ask(stack, Self.asked, strategy: strategy)
            #expect(reply.match == .search)
            #expect(reply.steps.first { $0.name == "hot.semantic" }?.outcome == "skipped")
        }
        _ = try await ask(stack, Self.kept)
        #expect(try await ask(stack, Self.asked, cache: .bypass).match == .search)
        await stack.close()
    }

    @Test("What a write has made wrong, or time has ended, is not reused")
    func validity() async throws {
        let stack = try await stack(try SemanticHits.sample())
        _ = try await ask(stack, Self.kept)
        let better = try ItemContent(issue: Self.kept, resolution: "the new one")
        guard case .created = try await stack.ingest.put(better, for: .anonymous) else {
            Issue.record("not created")
            return
        }
        let after = try await ask(stack, Self.asked)
        #expect(after.match == .search)
        #expect(candidates(after).map(\.verdict) == ["outdated"])
        #expect(String(decoding: after.answer.fragment, as: UTF8.self).contains("the new one"))

        // A write that cannot alter it leaves it to be reused.
        let unrelated = try ItemContent(issue: "recipe of a chocolate cake", resolution: "bake it")
        _ = try await stack.ingest.put(unrelated, for: .anonymous)
        let reply = try await ask(stack, Self.kept + " today")
        #expect(reply.match == .semantic, "\(reply.steps)")
        stack.clock.advance(milliseconds: 40 * 60_000)
        #expect(try await ask(stack, Self.kept + " again").match == .search)
        await stack.close()
    }

    @Test("min_score applies to the scores of the question asked")
    func minScore() async throws {
        let plain = try await stack(nil)
        func best(_ text: String) async throws -> Double {
            try results(try await ask(plain, text, minScore: 0)).values.max() ?? 0
        }
        var (kept, asked) = (Self.kept, Self.asked)
        var (high, low) = (try await best(kept), try await best(asked))
        if high < low { swap(&kept, &asked); swap(&high, &low) }
        try #require(high - low > 0.001)
        await plain.close()

        let semantic = try SemanticHits.sample()
        let stack = try await stack(semantic)
        let between = (high + low) / 2
        #expect(try await ask(stack, kept, minScore: between).answer.resultCount == 1)
        let reply = try await ask(stack, asked, minScore: between)
        #expect(reply.match == .search && reply.answer.resultCount == 0)
        #expect(candidates(reply).map(\.verdict) == ["min_score"])
        #expect(semantic.candidates(.minScore) == 1)
        await stack.close()
    }

    @Test("Reuses are verified in the background; false ones raise the threshold until nothing is reused")
    func verification() async throws {
        let semantic = try SemanticHits.sample(verifyShare: 1)
        let stack = try await stack(semantic)
        _ = try await ask(stack, Self.kept)
        for _ in 0..<3 { #expect(try await ask(stack, Self.asked).match == .semantic) }
        let deadline = ContinuousClock.now + .seconds(20)
        while semantic.falseHits.record(of: .default).verified < 3, .now < deadline {
            try await Task.sleep(for: .milliseconds(2))
        }
        let record = semantic.falseHits.record(of: .default)
        #expect((record.verified, record.falseHits) == (3, 0))
        #expect(stack.tiers.metrics.served.total == 4, "a verification counted as a question")

        for _ in 0..<40 { semantic.falseHits.note(isFalse: true, tenant: .default) }
        let reply = try await ask(stack, Self.asked)
        #expect(candidates(reply).map(\.verdict) == ["below_threshold"])
        #expect(reply.match == .search)
        await stack.close()
    }
}
