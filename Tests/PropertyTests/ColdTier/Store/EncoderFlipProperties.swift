import ColdTier
import Knowledge
import TestSupport
import Testing

@Suite("After a flip the store is one built afresh")
struct EncoderFlipProperties {
    private static let coming = ColdFixture.encoder("fedcba9876543210", dimension: 24)

    @Test("Whatever was written while vectors were prepared", arguments: 1...8 as ClosedRange<UInt64>)
    func sameAsFresh(seed: UInt64) async throws {
        print("THERMOCLINE_SEED=\(seed)")
        var random = SeededGenerator(seed: seed)
        let directory = try TemporaryDirectory()
        let store = try await ColdFixture.open(directory.path, blockRowCount: 8)
        _ = try await store.beginReembedding(Self.coming)
        for _ in 0..<150 {
            let issue = "disk \(Int.random(in: 0..<40, using: &random)) is full"
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let resolution = "step \(Int.random(in: 0..<3, using: &random))"
                let embedded = Int.random(in: 0..<5, using: &random) > 0
                _ = try await store.write([try ColdFixture.put(issue, resolution, embedded: embedded)])
            case 5:
                if let item = try await store.find(issue, strategy: .lexical).results.first?.item {
                    _ = try await store.write([.delete(id: item.id, tenant: .default, expectedVersion: nil)])
                }
            case 6: try store.sealBlocks()
            case 7: try await store.embedMissing()
            default: try await prepare(store, limit: 10)
            }
        }
        while try await store.flip(to: StoredEncoder(Self.coming, place: nil), allowedMissing: 0, whenPublished: {}) > 0
        {
            try await prepare(store, limit: 10)
        }
        try await compare(store, seed: seed)
        try store.sealBlocks()
        await store.close()
        let again = try await ColdFixture.open(directory.path, encoder: Self.coming, blockRowCount: 8)
        try await compare(again, seed: seed)
        await again.close()
    }

    private func prepare(_ store: ColdTier, limit: Int) async throws {
        let items = try await store.itemsToReembed(by: Self.coming, limit: limit)
        _ = try await store.write(
            items.map {
                .prepareVector(
                    id: $0.id, tenant: $0.tenant, version: $0.version,
                    vector: SyntheticVector.of($0.content.issue, dimension: 24), encoder: Self.coming)
            })
    }

    /// Questions get the same issues with the same scores as from a store that never had another encoder.
    private func compare(_ store: ColdTier, seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        let fresh = try await ColdFixture.open(directory.path, encoder: Self.coming)
        let export = try await store.beginExport(tenant: .default)
        while case let items = try await export.next(), !items.isEmpty {
            _ = try await fresh.write(
                items.map {
                    .put(
                        tenant: .default, content: $0.content,
                        vector: SyntheticVector.of($0.content.issue, dimension: 24), skipUnchanged: false)
                })
        }
        #expect(store.statistics().itemsWithoutVector == 0, "seed \(seed)")
        for number in 0..<40 {
            let question = "disk \(number) is full"
            let found = try await store.find(question, strategy: .vector, topK: 10, dimension: 24)
            let expected = try await fresh.find(question, strategy: .vector, topK: 10, dimension: 24)
            // Ids differ, and with them the order of equals: of these there are none, but for the last place.
            #expect(
                found.results.map { "\($0.similarity) \($0.item.content.issue)" }
                    == expected.results.map { "\($0.similarity) \($0.item.content.issue)" }, "seed \(seed)")
        }
        await fresh.close()
    }
}
