import ColdTier
import Foundation
import HotTier
import Knowledge
import Pipeline
import Routing
import TestSupport
import Testing
import WarmTier

/// A random history of two tenants that ask and write the same texts on one stack, beside two stacks on which each does
/// the same alone.
///
/// Nothing that a tenant sees may differ between them: neither what it is answered, nor from which tier, nor what it is told of
/// caches, counts and items. So a tenant cannot tell whether there is another.
struct IsolationHistory {
    private let redis: RedisProcess
    private let together: TestStack
    private let alone: [TestStack]
    private let callers: [Caller]
    private var random: SeededGenerator
    /// Of each tenant: an item's id on the shared stack and on its own.
    private var items: [[(shared: ItemID, own: ItemID)]] = [[], []]
    /// Of each tenant: fingerprints of questions asked, which are other ones on each stack.
    private var asked: [[(shared: Fingerprint, own: Fingerprint)]] = [[], []]
    private(set) var served: [ServedBy: Int] = [:]

    init(seed: UInt64) async throws {
        random = SeededGenerator(seed: seed)
        redis = try await RedisProcess()
        let encoder = RememberingEncoder(try await RealEncoder.shared())
        together = try await TestStack(redis: redis, encoder: encoder)
        alone = [
            try await TestStack(redis: redis, encoder: encoder), try await TestStack(redis: redis, encoder: encoder),
        ]
        callers = ["alpha", "beta"].compactMap { Tenant($0) }.map {
            Caller(tenant: $0, roles: [.admin, .reader, .writer])
        }
    }

    func close() async {
        for stack in [together] + alone { await stack.close() }
    }

    mutating func perform(_ step: Int) async throws {
        let tenant = Int.random(in: callers.indices, using: &random)
        for stack in [together] + alone { stack.clock.advance(milliseconds: 1) }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<12: try await put(tenant, step)
        case 12..<15: try await delete(tenant)
        case 15..<19: try await vote(tenant)
        case 19: try await settle()
        case 20: try await flush(tenant)
        case 21..<24: pin(tenant)
        case 24..<26: try await warmUp(tenant)
        case 26..<32: try await look(tenant)
        case 32..<36: try await reach(for: 1 - tenant, as: tenant)
        default: try await ask(tenant)
        }
    }

    /// A few texts, so that both ask the same and each asks it often.
    private mutating func text() -> String {
        let subject =
            ["npm install", "docker build", "git push", "tls certificate"].randomElement(using: &random) ?? ""
        let symptom = ["hangs", "is denied", "crash error", "times out"].randomElement(using: &random) ?? ""
        return "\(subject) \(symptom)"
    }

    private mutating func ask(_ tenant: Int) async throws {
        let strategy: SearchStrategy = [.auto, .vector, .lexical, .hybrid].randomElement(using: &random) ?? .auto
        let question = Question(text: text(), strategy: strategy)
        let (shared, own) = (
            try await together.lookup.answer(question, for: callers[tenant]),
            try await alone[tenant].lookup.answer(question, for: callers[tenant])
        )
        #expect(Seen(shared) == Seen(own), "\(callers[tenant].tenant) asked \(question)")
        #expect(shared.answer.tenant == callers[tenant].tenant)
        served[shared.servedBy, default: 0] += 1
        asked[tenant].append((shared.answer.fingerprint, own.answer.fingerprint))
    }

    /// What a tenant sees of a reply, but for ids and change numbers, which are the installation's.
    private struct Seen: Equatable {
        let results: [[String]]
        let servedBy: ServedBy
        let match: Match
        let reason: String
        let placedIn: Tier
        let refused: String?
        let accessCount: Int
        let itemsSearched: Int
        let degraded: [String]

        init(_ reply: Reply) {
            let object = try? JSONSerialization.jsonObject(
                with: Data("{".utf8) + reply.answer.fragment + Data("}".utf8))
            let found = (object as? [String: Any])?["results"] as? [[String: Any]] ?? []
            results = found.map { result in
                ["issue", "resolution", "version", "similarity_score", "score", "category"].map {
                    "\(result[$0] ?? "")"
                }
            }
            servedBy = reply.servedBy
            match = reply.match
            reason = reply.reason
            placedIn = reply.placedIn
            refused = reply.placementRefused
            accessCount = reply.accessCount
            itemsSearched = reply.answer.itemsSearched
            degraded = reply.degraded.map(\.part)
        }
    }

    private mutating func put(_ tenant: Int, _ step: Int) async throws {
        // The same issue for both, what helps is each one's own.
        let content = try ItemContent(
            issue: text(), resolution: "\(callers[tenant].tenant) step \(step)", category: nil, tags: [])
        let shared = try await together.ingest.put(content, for: callers[tenant])
        let own = try await alone[tenant].ingest.put(content, for: callers[tenant])
        switch (shared, own) {
        case (.created(let a), .created(let b)): items[tenant].append((a.id, b.id))
        case (.replaced(let a), .replaced(let b)): #expect(a.version == b.version)
        default: Issue.record("\(shared) beside another is \(own) alone")
        }
    }

    private mutating func delete(_ tenant: Int) async throws {
        guard let place = items[tenant].indices.randomElement(using: &random) else { return }
        let (shared, own) = items[tenant].remove(at: place)
        for (stack, id) in [(together, shared), (alone[tenant], own)] {
            guard case .deleted = try await stack.ingest.delete(id, expectedVersion: nil, for: callers[tenant]) else {
                Issue.record("\(callers[tenant].tenant) could not delete its item")
                return
            }
        }
    }

    private mutating func vote(_ tenant: Int) async throws {
        guard let (shared, own) = items[tenant].randomElement(using: &random) else { return }
        let voter = Caller(
            tenant: callers[tenant].tenant, roles: [.reader], subject: "v\(Int.random(in: 0..<9, using: &random))")
        let isHelpful = Bool.random(using: &random)
        #expect(try await together.ingest.vote(isHelpful: isHelpful, on: shared, for: voter))
        #expect(try await alone[tenant].ingest.vote(isHelpful: isHelpful, on: own, for: voter))
    }

    private func settle() async throws {
        for stack in [together] + alone { _ = try await stack.tiers.cold.settleFeedback(at: stack.clock.now) }
    }

    private mutating func flush(_ tenant: Int) async throws {
        let owner = callers[tenant].tenant
        if Bool.random(using: &random) {
            #expect(together.tiers.hot.flush(tenant: owner) == alone[tenant].tiers.hot.flush(tenant: owner))
        } else {
            let shared = await together.tiers.warm.flush(tenant: owner)
            #expect(await alone[tenant].tiers.warm.flush(tenant: owner) == shared)
        }
    }

    private mutating func pin(_ tenant: Int) {
        guard let (shared, own) = asked[tenant].randomElement(using: &random) else { return }
        let owner = callers[tenant].tenant
        if Bool.random(using: &random) {
            #expect(
                together.tiers.hot.pin(shared, tenant: owner) == alone[tenant].tiers.hot.pin(own, tenant: owner))
        } else {
            #expect(
                together.tiers.hot.unpin(shared, tenant: owner) == alone[tenant].tiers.hot.unpin(own, tenant: owner))
        }
    }

    private mutating func warmUp(_ tenant: Int) async throws {
        let caller = callers[tenant]
        if Bool.random(using: &random) {
            let shared = await WarmUp(together.lookup).run(top: 5, for: caller)
            #expect(await WarmUp(alone[tenant].lookup).run(top: 5, for: caller)?.requested == shared?.requested)
        } else {
            let question = Question(text: text())
            let shared = await WarmUp(together.lookup).run([question], for: caller)
            #expect(await WarmUp(alone[tenant].lookup).run([question], for: caller) == shared)
        }
    }

    /// Everything that lists something.
    private mutating func look(_ tenant: Int) async throws {
        let owner = callers[tenant].tenant
        let wanted = KeptRanking(folded: text(), vector: nil, topK: 5)
        var seen: [[String]] = []
        for stack in [together, alone[tenant]] {
            let tiers = stack.tiers
            var lines = tiers.hot.answers(tenant: owner).map { "hot \($0.key.foldedText) \($0.resultCount)" }.sorted()
            // Bytes differ: ids are longer where two have items.
            lines.append("held \(tiers.hot.holding(of: owner).count) pins \(tiers.hot.pins(tenant: owner).count)")
            let page = try #require(await tiers.warm.items(tenant: owner, limit: 256))
            #expect(page.items.allSatisfy { $0.tenant == owner })
            lines.append("warm \(page.items.count)")
            let kept = KeptAnswers(tiers)
            lines += kept.searchHot(wanted, tenant: owner).matches.map {
                "\($0.answer.key.foldedText) \($0.similarity)"
            }.sorted()
            let warm = try #require(await kept.searchWarm(wanted, tenant: owner))
            lines += warm.matches.map { "\($0.answer.key.foldedText) \($0.similarity)" }.sorted()
            let listed = try await tiers.cold.items(tenant: owner, after: nil, limit: 200, category: nil, tag: nil)
            lines += listed.map { "item \($0.content.issue) \($0.content.resolution) \($0.version) \($0.quality)" }
            lines.append("\(tiers.cold.itemCount(owner)) items, \(tiers.metrics.served(of: owner))")
            let most = tiers.ledger.mostAsked(3, tenant: owner, at: stack.clock.now)
            lines.append("ledger \(most.map(\.count))")
            seen.append(lines)
        }
        #expect(seen[0] == seen[1])
        #expect(!seen[0].contains { $0.contains(callers[1 - tenant].tenant.name) })
    }

    /// Takes another tenant's ids and fingerprints for its own.
    private mutating func reach(for other: Int, as tenant: Int) async throws {
        let caller = callers[tenant]
        if let (id, _) = items[other].randomElement(using: &random) {
            #expect(try await together.tiers.cold.item(id, tenant: caller.tenant) == nil)
            #expect(try await !together.ingest.vote(isHelpful: true, on: id, for: caller))
            guard case .notFound = try await together.ingest.delete(id, expectedVersion: nil, for: caller) else {
                Issue.record("\(caller.tenant) deleted another's item")
                return
            }
            let content = try ItemContent(issue: "x", resolution: "y", category: nil, tags: [])
            guard case .notFound = try await together.ingest.update(id, content, expectedVersion: nil, for: caller)
            else {
                Issue.record("\(caller.tenant) changed another's item")
                return
            }
        }
        if let (fingerprint, _) = asked[other].randomElement(using: &random) {
            #expect(together.tiers.hot.peek(fingerprint, tenant: caller.tenant) == nil)
            #expect(!together.tiers.hot.remove(fingerprint, tenant: caller.tenant))
            #expect(await together.tiers.warm.remove(fingerprint, tenant: caller.tenant) == false)
            guard case .miss = await together.tiers.warm.get(fingerprint, tenant: caller.tenant) else {
                Issue.record("\(caller.tenant) read another's answer")
                return
            }
        }
    }
}
