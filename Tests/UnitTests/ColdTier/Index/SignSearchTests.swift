import CScan
import ColdTier
import Knowledge
import TestSupport
import Testing

/// Search in an index beyond its limit of exact search.
@Suite struct SignSearchTests {
    private static let dimension = 96
    private static let encoder = EncoderIdentity(name: "test", fingerprint: "0123456789abcdef", dimension: dimension)

    /// Vectors in heaps of different width, as sentences make them.
    private static func vectors(_ count: Int, using random: inout SeededGenerator) -> [[Float]] {
        let centers = (0..<40).map { _ in SampleVectors.unit(dimension, using: &random) }
        return (0..<count).map { number in
            SampleVectors.near(centers[number % 40], spread: Float(number % 7 + 3) / 6, using: &random)
        }
    }

    private static func index(
        _ vectors: [[Float]], kernels: scan_kernels = .best, exactLimit: Int
    ) throws -> TenantIndex {
        let index = try TenantIndex(
            tenant: .default, encoder: encoder, kernels: kernels, rowLimit: 1000, exactLimit: exactLimit)
        try index.apply(
            vectors.enumerated().map { .put(ItemID(Int64($0 + 1)), vector: $1, at: ChangeNumber(1)) },
            at: ChangeNumber(1))
        return index
    }

    @Test("Recall among the first ten is at least .99 where only one bit a dimension chooses the candidates")
    func recall() throws {
        var random = SeededGenerator(seed: 0x1B)
        let vectors = Self.vectors(20_000, using: &random)
        let exact = try Self.index(vectors, exactLimit: 20_000).snapshot
        let approximate = try Self.index(vectors, exactLimit: 19_999).snapshot
        #expect(approximate.byteCount > exact.byteCount, "the codes are there")
        var found = 0
        for question in vectors.prefix(200) {
            let query = SampleVectors.near(question, spread: 0.5, using: &random)
            let expected = try exact.search(query: query, k: 10)
            let actual = try approximate.search(query: query, k: 10)
            #expect(actual.count == 10)
            found += Set(expected).intersection(actual).count
            // What is found is as exact as ever, and in the same order.
            let similarities = try exact.similarity(of: actual.map(\.id), query: query)
            #expect(actual.allSatisfy { similarities[$0.id] == $0.similarity })
            #expect(zip(actual, actual.dropFirst()).allSatisfy { $0.similarity >= $1.similarity })
        }
        #expect(found >= 1980, "\(found) of 2000")
    }

    @Test("The same is found by every kernel and any number of threads")
    func determinism() throws {
        var random = SeededGenerator(seed: 0x2B)
        let vectors = Self.vectors(12_300, using: &random)
        let indices = try FlatSearchKernels.all.map { try Self.index(vectors, kernels: $0, exactLimit: 100) }
        let crews = [0, 1, 3].map { ScanCrew(helperCount: $0, leastRowCount: 0) }
        let reference = try #require(indices.first)
        let selection = ItemSelection((1...12_300).filter { $0 % 3 == 0 }.map { ItemID(Int64($0)) })
        for round in 0..<40 {
            let query = SampleVectors.near(vectors[round * 300], spread: 1, using: &random)
            let allowed = round % 2 == 0 ? nil : selection
            let expected = try reference.snapshot.measuredSearch(
                query: query, k: 50, allowed: allowed, crew: crews[0]
            ).matches
            for index in indices {
                for crew in crews {
                    let found = try index.snapshot.measuredSearch(query: query, k: 50, allowed: allowed, crew: crew)
                    #expect(found.matches == expected)
                }
            }
        }
    }

    @Test("A filter never makes a list shorter than what passes it, however far from the question that is")
    func filters() throws {
        var random = SeededGenerator(seed: 0x3B)
        let vectors = Self.vectors(20_000, using: &random)
        let snapshot = try Self.index(vectors, exactLimit: 100).snapshot
        for center in 0..<40 {
            // Three of forty heaps: too many to be looked up one by one, and none near the question.
            let allowed = Set((1...20_000).filter { ($0 - 1 + center) % 40 < 3 }.map { ItemID(Int64($0)) })
            #expect(allowed.count == 1500)
            let query = vectors[(40 - center + 10) % 40]
            let found = try snapshot.search(query: query, k: 50, allowed: ItemSelection(allowed))
            #expect(found.count == 50 && found.allSatisfy { allowed.contains($0.id) })
        }
        // Ids far apart have no bitmap.
        let sparse = ItemSelection((1...20_000).filter { $0 % 2 == 0 }.map { ItemID(Int64($0)) } + [ItemID(1 << 40)])
        #expect(sparse.contains(ItemID(1 << 40)) && sparse.contains(ItemID(20_000)) && !sparse.contains(ItemID(3)))
        #expect(!sparse.contains(ItemID(-1)) && !sparse.contains(ItemID(.max)))
        let found = try snapshot.search(query: vectors[0], k: 50, allowed: sparse)
        #expect(found.count == 50 && found.allSatisfy { $0.id.rawValue % 2 == 0 })
    }

    @Test("Where a filter leaves one row of sixteen or fewer, a large index finds what an exact search finds")
    func fewAllowed() throws {
        var random = SeededGenerator(seed: 0x5B)
        let vectors = Self.vectors(40_000, using: &random)
        let exact = try Self.index(vectors, exactLimit: 40_000).snapshot
        let approximate = try Self.index(vectors, exactLimit: 100).snapshot
        for oneIn in [16, 37, 1_000] {
            let allowed = (1...40_000).filter { $0 % oneIn == 0 }.map { ItemID(Int64($0)) }
            for question in vectors.prefix(20) {
                let query = SampleVectors.near(question, spread: 0.5, using: &random)
                let expected = try exact.similarity(of: allowed, query: query)
                    .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(10)
                let found = try approximate.search(query: query, k: 10, allowed: ItemSelection(allowed))
                #expect(found.map(\.id) == expected.map(\.key))
                #expect(found.map(\.similarity) == expected.map(\.value))
            }
        }
    }

    @Test(
        "Removed items are not found, replaced ones by their new vector, and growing past the limit changes no result")
    func changes() throws {
        var random = SeededGenerator(seed: 0x4B)
        let vectors = Self.vectors(3000, using: &random)
        let index = try Self.index(vectors, exactLimit: 2500)
        let query = vectors[17]
        #expect(try index.snapshot.search(query: query, k: 1).map(\.id.rawValue) == [18])
        let large = index.snapshot.byteCount
        try index.apply(
            [.remove(ItemID(18)), .put(ItemID(5), vector: query, at: ChangeNumber(2))], at: ChangeNumber(2))
        #expect(try index.snapshot.search(query: query, k: 1).map(\.id.rawValue) == [5])
        try index.apply((6...700).map { .remove(ItemID($0)) }, at: ChangeNumber(3))
        #expect(index.snapshot.count < 2500 && index.snapshot.byteCount < large)
        #expect(try index.snapshot.search(query: query, k: 1).map(\.id.rawValue) == [5])
        try index.apply(
            (6...700).map { .put(ItemID($0), vector: vectors[Int($0) - 1], at: ChangeNumber(4)) }, at: ChangeNumber(4))
        #expect(try index.snapshot.search(query: query, k: 2).map(\.id.rawValue) == [5, 18])
    }
}

/// The kernels that this machine can run.
enum FlatSearchKernels {
    static let all: [scan_kernels] = [
        scan_isa_scalar, scan_isa_avx2, scan_isa_avx512_vnni, scan_isa_neon, scan_isa_neon_dotprod,
    ].compactMap { isa in
        var kernels = scan_kernels_best()
        return scan_kernels_for(isa, &kernels) == 1 ? kernels : nil
    }
}
