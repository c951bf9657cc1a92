import ColdTier
import Knowledge
import Sealing
import TestSupport
import Testing

/// A store that is sealed, sealed anew and compressed at any time, against one that never is.
@Suite struct SealedHistoryTests {
    private static let words = ["disk", "full", "npm", "hangs", "git", "push", "tls", "libssl.so.3", "--force", "é"]

    @Test("Whatever is sealed or compressed meanwhile, the same writes have the same outcomes and the same answers")
    func lockstep() async throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let (plainFolder, sealedFolder) = (try TemporaryDirectory(), try TemporaryDirectory())
        let clock = ManualClock(at: Timestamp(milliseconds: 1_000_000))
        let tenants = [Tenant.default, try #require(Tenant("other"))]
        // From no key to one, to another, and to a third while that is unfinished.
        let rings = [
            nil, ColdFixture.ring(1), ColdFixture.ring(1), ColdFixture.ring(2, old: 1), ColdFixture.ring(3, old: 1, 2),
            ColdFixture.ring(3, old: 1, 2),
        ]
        for (round, ring) in rings.enumerated() {
            let plain = try await ColdFixture.open(
                plainFolder.path, timeSource: clock.timeSource, dictionaryItems: .max)
            let sealed = try await ColdFixture.open(
                sealedFolder.path, timeSource: clock.timeSource, blockRowCount: 8, keyRing: ring, dictionaryItems: 12)
            for _ in 0..<20 {
                clock.advance(milliseconds: 1_000)
                let writes = try (0..<Int.random(in: 1...8, using: &random)).map { _ in
                    try randomWrite(tenants, &random)
                }
                let outcomes = try await plain.write(writes)
                #expect(try await sealed.write(writes) == outcomes)
                if round == 4, Int.random(in: 0..<8, using: &random) == 0, let key = ColdFixture.ring(2, old: 1, 3) {
                    try await sealed.rekey(key)
                    try await sealed.rekey(try #require(ring))
                }
                try await sealed.recode(steps: Int.random(in: 0...2, using: &random))
                try await compare(plain, sealed, tenants, &random)
            }
            // Every other time the next key comes before the work is done.
            if round % 2 == 0 { try await sealed.finishRecoding() }
            await plain.close()
            await sealed.close()
        }
        let sealed = try await ColdFixture.open(sealedFolder.path, keyRing: rings[5])
        try await sealed.finishRecoding()
        await sealed.close()
        await (try ColdFixture.open(sealedFolder.path, keyRing: ColdFixture.ring(3))).close()
        for word in ["hangs", "libssl"] { #expect(try StoreBytes(in: sealedFolder.path).files(with: word) == []) }
    }

    private func randomWrite(_ tenants: [Tenant], _ random: inout SeededGenerator) throws -> ItemWrite {
        let tenant = tenants[Int.random(in: 0..<2, using: &random)]
        let id = ItemID(Int64.random(in: 1...60, using: &random))
        func text(_ count: Int) -> String {
            (0..<count).map { _ in Self.words.randomElement(using: &random) ?? "" }.joined(separator: " ")
        }
        let issue = text(Int.random(in: 1...3, using: &random))
        let content = try ItemContent(
            issue: issue, resolution: text(Int.random(in: 1...60, using: &random)),
            category: Bool.random(using: &random) ? "a" : "b")
        let vector = SyntheticVector.of(issue, dimension: ColdFixture.dimension)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<6:
            return .put(
                tenant: tenant, content: content, vector: vector, skipUnchanged: Bool.random(using: &random))
        case 6: return .update(id: id, tenant: tenant, content: content, vector: vector, expectedVersion: nil)
        case 7: return .delete(id: id, tenant: tenant, expectedVersion: nil)
        case 8:
            return .settle(
                id: id, tenant: tenant, quality: Double(Int.random(in: -9...9, using: &random)) / 10,
                votesSince: Timestamp(milliseconds: 0))
        default: return .setVector(id: id, tenant: tenant, version: 1, vector: vector)
        }
    }

    private func compare(
        _ plain: ColdTier, _ sealed: ColdTier, _ tenants: [Tenant], _ random: inout SeededGenerator
    ) async throws {
        #expect(sealed.changeNumber == plain.changeNumber)
        for tenant in tenants {
            let items = try await plain.items(tenant: tenant, limit: 1_000)
            #expect(try await sealed.items(tenant: tenant, limit: 1_000) == items)
            #expect(sealed.rankingEpoch(tenant) == plain.rankingEpoch(tenant))
            if let item = items.randomElement(using: &random) {
                #expect(
                    try await sealed.history(of: item.id, tenant: tenant)
                        == plain.history(of: item.id, tenant: tenant))
            }
            let text = (0..<3).map { _ in Self.words.randomElement(using: &random) ?? "" }.joined(separator: " ")
            for strategy in [SearchStrategy.vector, .lexical, .hybrid] {
                let expected = try await plain.find(text, tenant: tenant, strategy: strategy, topK: 20)
                let found = try await sealed.find(text, tenant: tenant, strategy: strategy, topK: 20)
                #expect(found.results == expected.results, "\(strategy) \(text)")
            }
        }
    }
}
