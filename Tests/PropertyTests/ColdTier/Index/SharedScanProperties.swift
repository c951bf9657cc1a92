import ColdTier
import Knowledge
import TestSupport
import Testing

/// Questions asked together against the same asked one by one.
@Suite struct SharedScanProperties {
    private static let dimension = 72

    @Test("Questions that share a pass get, each, what they get alone, to the bit")
    func shared() throws {
        let seed = SeededGenerator.announcedSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<6 { try share(&random, seed) }
    }

    private func share(_ random: inout SeededGenerator, _ seed: UInt64) throws {
        let encoder = EncoderIdentity(name: "test", fingerprint: "0123456789abcdef", dimension: Self.dimension)
        let index = try TenantIndex(
            tenant: .default, encoder: encoder, kernels: .best, rowLimit: 500, exactLimit: 200)
        let rowCount = Int.random(in: 1...6000, using: &random)
        let centers = (0..<20).map { _ in SampleVectors.unit(Self.dimension, using: &random) }
        let vectors = (0..<rowCount).map { _ in
            SampleVectors.near(centers[Int.random(in: 0..<20, using: &random)], spread: 0.8, using: &random)
        }
        try index.apply(
            vectors.enumerated().map { .put(ItemID(Int64($0)), vector: $1, at: ChangeNumber(1)) }, at: ChangeNumber(1))
        try index.apply(
            (0..<rowCount / 10).map { _ in .remove(ItemID(Int64.random(in: 0..<Int64(rowCount), using: &random))) },
            at: ChangeNumber(2))
        let snapshot = index.snapshot
        let crews = [ScanCrew(helperCount: 0), ScanCrew(helperCount: 2, leastRowCount: 0)]
        for _ in 0..<12 {
            // More than one pass takes, now and then.
            let questions = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                question(near: centers, rowCount, using: &random)
            }
            let alone = try questions.map {
                try snapshot.measuredSearch(
                    query: $0.vector, k: $0.k, minimumSimilarity: $0.minimumSimilarity, allowed: $0.allowed,
                    crew: crews[0]
                ).matches
            }
            for crew in crews {
                #expect(try snapshot.search(questions, crew: crew) == alone, "seed \(seed)")
            }
        }
    }

    @Test("One question of the wrong dimension is refused with all that came with it")
    func wrongDimension() throws {
        let encoder = EncoderIdentity(name: "test", fingerprint: "0123456789abcdef", dimension: 4)
        let snapshot = try TenantIndex(tenant: .default, encoder: encoder).snapshot
        #expect(throws: IndexError.self) {
            try snapshot.search([VectorQuestion([1, 0, 0, 0], k: 1), VectorQuestion([1, 0], k: 1)])
        }
    }

    private func question(
        near centers: [[Float]], _ rowCount: Int, using random: inout SeededGenerator
    ) -> VectorQuestion {
        let center = centers[Int.random(in: 0..<centers.count, using: &random)]
        let divisor = Int.random(in: 1...4, using: &random)
        let allowed = (0..<rowCount).filter { $0 % divisor == 0 }.map { ItemID(Int64($0)) }
        return VectorQuestion(
            SampleVectors.near(center, spread: 0.8, using: &random), k: Int.random(in: 0...40, using: &random),
            minimumSimilarity: Bool.random(using: &random) ? Double.random(in: -0.5...0.9, using: &random) : nil,
            allowed: divisor == 1 ? nil : ItemSelection(allowed))
    }
}
