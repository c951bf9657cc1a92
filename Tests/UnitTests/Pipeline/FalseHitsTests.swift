import Knowledge
import Pipeline
import TestSupport
import Testing

@Suite("Reuses that proved false")
struct FalseHitsTests {
    private func ranked(_ id: Int64, _ similarity: Double) throws -> RankedItem {
        let item = KnowledgeItem(
            id: ItemID(id), version: 1, content: try ItemContent(issue: "i", resolution: "r"),
            createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0))
        return RankedItem(item: item, similarity: similarity, score: similarity, basis: .cosine)
    }

    @Test("False is another first result that is clearly closer to the question")
    func definition() throws {
        let reused = [try ranked(1, 0.8), try ranked(2, 0.7)]
        #expect(!FalseHits.isFalse(reused: reused, fresh: [try ranked(1, 0.8)]))
        #expect(!FalseHits.isFalse(reused: reused, fresh: [try ranked(3, 0.815), try ranked(1, 0.8)]))
        #expect(FalseHits.isFalse(reused: reused, fresh: [try ranked(3, 0.83), try ranked(1, 0.8)]))
        #expect(!FalseHits.isFalse(reused: reused, fresh: []))
    }

    @Test("Tenants are counted apart, and the threshold of one is no other's")
    func tenants() throws {
        let semantic = try SemanticHits.sample()
        let other = try #require(Tenant("other"))
        semantic.falseHits.note(isFalse: true, tenant: other)
        semantic.falseHits.note(isFalse: false, tenant: .default)
        #expect(semantic.threshold(of: other) == 0.83)
        #expect(semantic.threshold(of: .default) == 0.82)
        let record = semantic.falseHits.record(of: other)
        #expect((record.verified, record.falseHits, record.rate) == (1, 1, 1))
        #expect(record.interval.lower > 0.2)
        #expect(semantic.falseHits.all.map(\.tenant.name) == ["default", "other"])
        #expect(semantic.falseHits.record(of: try #require(Tenant("new"))).rate == nil)
    }

    @Test("No more tenants are remembered than the limit, the latest")
    func bounded() throws {
        let semantic = try SemanticHits.sample()
        for number in 0..<FalseHits.maximumTenants + 10 {
            semantic.falseHits.note(isFalse: true, tenant: try #require(Tenant("t\(number)")))
        }
        #expect(semantic.falseHits.all.count == FalseHits.maximumTenants)
        #expect(semantic.falseHits.record(of: try #require(Tenant("t0"))).verified == 0)
    }
}
