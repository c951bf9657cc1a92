import ColdTier
import Embedding
import Foundation
import Knowledge
import Pipeline
import TestSupport
import Testing
import WarmTier

@Suite("Feedback through the tiers")
struct FeedbackTests {
    private static let question = "npm install is stuck behind our proxy"

    /// A stack with items of given similarities to the question, by vectors made for it.
    private func stack(_ similarities: [Double]) async throws -> (TestStack, [ItemID]) {
        let encoder = try await RealEncoder.shared()
        let stack = try await TestStack(redis: try await RedisProcess(), encoder: encoder)
        let query = try await encoder.encode(Self.question.foldedQuestion())
        var ids: [ItemID] = []
        for (number, similarity) in similarities.enumerated() {
            let write = ItemWrite.put(
                tenant: .default, content: try ItemContent(issue: "item \(number)", resolution: "r\(number)"),
                vector: Self.vector(query, similarity), skipUnchanged: false)
            ids.append(try await stack.tiers.cold.put(write).id)
        }
        let deadline = ContinuousClock.now + .seconds(5)
        while !stack.tiers.warm.health.isServing, .now < deadline { try await Task.sleep(for: .milliseconds(2)) }
        try #require(stack.tiers.warm.health.isServing)
        return (stack, ids)
    }

    /// A unit vector of the given cosine to `query`.
    private static func vector(_ query: [Float], _ cosine: Double) -> [Float] {
        // The first axis without what it has of the query.
        var across = query.map { -$0 * query[0] }
        across[0] += 1
        let norm = across.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let sine = Float((1 - cosine * cosine).squareRoot()) / norm
        return zip(query, across).map { Float(cosine) * $0 + sine * $1 }
    }

    private func vote(
        _ stack: TestStack, _ id: ItemID, isHelpful: Bool = true, callers: Range<Int>
    ) async throws {
        for number in callers {
            let caller = Caller(tenant: .default, roles: [.reader], subject: "caller \(number)")
            #expect(try await stack.ingest.vote(isHelpful: isHelpful, on: id, for: caller))
        }
        try await stack.tiers.cold.settleFeedback(at: stack.clock.now)
    }

    private func ask(_ stack: TestStack) async throws -> Reply {
        try await stack.lookup.answer(Question(text: Self.question), for: .anonymous)
    }

    private func order(_ reply: Reply) throws -> [String] {
        let text = "{" + String(decoding: reply.answer.fragment, as: UTF8.self) + "}"
        let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return (json?["results"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    }

    @Test(
        "Helpful votes of several callers lift an item over a slightly closer one, wherever the answer was kept",
        arguments: [1, 2, 4])
    func lifting(askings: Int) async throws {
        let (stack, ids) = try await stack([0.9, 0.88])
        for _ in 0..<askings { #expect(try order(await ask(stack)) == ids.map(\.description)) }

        try await vote(stack, ids[1], callers: 0..<1)
        #expect(try order(await ask(stack)) == ids.map(\.description))

        try await vote(stack, ids[1], callers: 1..<8)
        let lifted = try await ask(stack)
        #expect(lifted.servedBy == .cold)
        #expect(try order(lifted) == ids.reversed().map(\.description))
        var tiers: Set<ServedBy> = []
        for _ in 0..<4 {
            let again = try await ask(stack)
            tiers.insert(again.servedBy)
            #expect(again.answer.fragment == lifted.answer.fragment)
        }
        #expect(tiers.isSubset(of: [.warm, .hot]) && tiers.contains(.hot))
        await stack.close()
    }

    @Test("An answer whose first result people found unhelpful leaves hot and rises no higher than warm")
    func unhelpful() async throws {
        let (stack, ids) = try await stack([0.9, 0.5])
        for _ in 0..<4 { _ = try await ask(stack) }
        #expect(try await ask(stack).servedBy == .hot)
        try await vote(stack, ids[0], isHelpful: false, callers: 0..<3)
        var replies: [Reply] = []
        for _ in 0..<3 { replies.append(try await ask(stack)) }
        #expect(replies.map(\.servedBy) == [.cold, .warm, .warm])
        #expect(replies.map(\.placedIn) == [.warm, .warm, .warm])
        #expect(replies.map(\.placementRefused) == Array(repeating: "voted unhelpful", count: 3))
        // Outvoted, it rises again.
        try await vote(stack, ids[0], callers: 3..<12)
        #expect(try await ask(stack).placedIn == .hot)
        await stack.close()
    }

    @Test("One caller's votes on an item, as many as they like, neither lift it nor bury it")
    func oneCaller() async throws {
        let (stack, ids) = try await stack([0.9, 0.88])
        for _ in 0..<30 { try await vote(stack, ids[0], isHelpful: false, callers: 0..<1) }
        #expect(try order(await ask(stack)) == ids.map(\.description))
        try await vote(stack, ids[0], callers: 0..<1)
        for _ in 0..<30 { try await vote(stack, ids[1], callers: 0..<1) }
        #expect(try order(await ask(stack)) == ids.map(\.description))
        await stack.close()
    }
}
