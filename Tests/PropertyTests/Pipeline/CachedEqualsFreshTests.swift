import ColdTier
import HotTier
import Knowledge
import Pipeline
import Routing
import TestSupport
import Testing

@Suite("A cached answer equals a fresh one")
struct CachedEqualsFreshTests {
    private static let words = ["npm", "install", "docker", "error", "E404", "crash"]

    @Test("Over a random history of questions, writes, deletes, expiries and outages, of two tenants")
    func history() async throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let redis = try await RedisProcess()
        let stack = try await TestStack(
            redis: redis, encoder: try await RealEncoder.shared(), hotCapacity: 8, warmCapacity: 16)
        let callers = [Caller.anonymous, Caller(tenant: try #require(Tenant("other")), roles: [.reader, .writer])]
        var ids: [[ItemID]] = [[], []]
        var servedFromCache = 0

        for step in 0..<3_000 {
            let tenant = Int.random(in: 0...1, using: &random)
            let caller = callers[tenant]
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<3:
                let content = try ItemContent(issue: Self.text(&random), resolution: "r\(step)")
                switch try await stack.ingest.put(content, for: caller) {
                case .created(let item): ids[tenant].append(item.id)
                default: break
                }
            case 3:
                guard let id = ids[tenant].randomElement(using: &random) else { continue }
                ids[tenant].removeAll { $0 == id }
                _ = try await stack.ingest.delete(id, expectedVersion: nil, for: caller)
            case 8: stack.clock.advance(milliseconds: Int64.random(in: 1...600_000, using: &random))
            case 9: stack.tiers.hot.flush(tenant: nil)
            case 10 where step % 7 == 0:
                await redis.stop()
                try await redis.start()
            default:
                let question = Question(
                    text: Self.text(&random), topK: Bool.random(using: &random) ? 1 : 5,
                    strategy: [.auto, .auto, .lexical, .hybrid].randomElement(using: &random) ?? .auto)
                let kept = try await stack.lookup.answer(question, for: caller)
                let fresh = try await stack.lookup.answer(question, for: caller, cache: .bypass)
                #expect(kept.answer.fragment == fresh.answer.fragment, "step \(step), \(kept.servedBy)")
                if kept.match == .exact { servedFromCache += 1 }
            }
        }
        #expect(servedFromCache > 100, "the history hardly used the caches")
        await stack.close()
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 1...2, using: &random)).compactMap { _ in words.randomElement(using: &random) }
            .joined(separator: " ")
    }
}
