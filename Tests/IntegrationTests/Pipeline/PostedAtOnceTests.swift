import ColdTier
import Foundation
import Knowledge
import Pipeline
import TestSupport
import Testing

/// Posting is idempotent on tenant and issue, also when several post at once.
@Suite("The same issue posted at once")
struct PostedAtOnceTests {
    @Test("Two at once make one item: the later text wins, the replaced one is in its history, no copy contradicts it")
    func twoAtOnce() async throws {
        let stack = try await TestStack(redis: nil, encoder: try await RealEncoder.shared())
        for round in 1...20 {
            let issue = "pump \(round) does not start"
            async let one = put(issue, "check the fuse", stack)
            async let two = put(issue, "check the relay", stack)
            let outcomes = [try await one, try await two]

            let created: [KnowledgeItem] = outcomes.compactMap { outcome in
                guard case .created(let item) = outcome else { return nil }
                return item
            }
            let replaced: [KnowledgeItem] = outcomes.compactMap { outcome in
                guard case .replaced(let item) = outcome else { return nil }
                return item
            }
            let first = try #require(created.first)
            let last = try #require(replaced.first)
            #expect(created.count == 1 && replaced.count == 1)
            #expect(first.id == last.id && first.version == 1 && last.version == 2)
            #expect(try await stack.tiers.cold.item(first.id, tenant: .default) == last)
            let history = try await stack.tiers.cold.history(of: first.id, tenant: .default)
            #expect(history.map(\.version) == [1] && history.map(\.content) == [first.content])

            // One in the list, one by its words and one by its meaning: the last.
            let listed = try await stack.tiers.cold.items(tenant: .default, limit: 100, words: "pump \(round)")
            #expect(listed.filter { $0.content.issue == issue } == [last])
            for strategy in [SearchStrategy.lexical, .vector] {
                let reply = try await stack.lookup.answer(
                    Question(text: issue, topK: 20, minScore: 0, strategy: strategy), for: .anonymous)
                let fragment = String(decoding: reply.answer.fragment, as: UTF8.self)
                #expect(fragment.components(separatedBy: "\"issue\":\"\(issue)\"").count == 2)
                #expect(fragment.contains(last.content.resolution))
            }
        }
        await stack.close()
    }

    @Test("Of many at once each replaces the one before, and another tenant's item of that issue is its own")
    func manyAtOnce() async throws {
        let stack = try await TestStack(redis: nil, encoder: nil)
        let other = Caller(tenant: try #require(Tenant("other")), roles: [.writer])
        _ = try await stack.ingest.put(try ItemContent(issue: "valve leaks", resolution: "theirs"), for: other)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...12 {
                group.addTask { _ = try await put("valve leaks", "turn \(number)", stack) }
            }
            try await group.waitForAll()
        }
        let items = try await stack.tiers.cold.items(tenant: .default, limit: 10)
        let item = try #require(items.first)
        #expect(items.count == 1 && item.version == 12)
        // The history is bounded: the oldest has gone.
        let history = try await stack.tiers.cold.history(of: item.id, tenant: .default)
        #expect(history.map(\.version) == Array(2...11).reversed())
        #expect(Set(history.map(\.content.resolution) + [item.content.resolution]).count == 11)
        let theirs = try await stack.tiers.cold.items(tenant: other.tenant, limit: 10)
        #expect(theirs.map(\.content.resolution) == ["theirs"] && theirs.map(\.version) == [1])
        await stack.close()
    }
}

private func put(_ issue: String, _ resolution: String, _ stack: TestStack) async throws -> ItemOutcome {
    try await stack.ingest.put(try ItemContent(issue: issue, resolution: resolution), for: .anonymous)
}
