import CScan
import ColdTier
import Knowledge
import TestSupport
import Testing

/// The index against a dictionary of vectors that is searched by computing everything.
@Suite struct FlatSearchProperties {
    /// What the index should be.
    private struct Model {
        var vectors: [Int64: [Float]] = [:]

        func search(_ query: [Float], k: Int, above bound: Double?, allowed: Set<Int64>?) -> [VectorMatch] {
            var matches: [VectorMatch] = []
            for (id, vector) in vectors {
                if let allowed, !allowed.contains(id) { continue }
                let match = VectorMatch(id: ItemID(id), similarity: similarity(query, vector))
                if let bound, match.similarity <= bound { continue }
                matches.append(match)
            }
            matches.sort { $0.similarity == $1.similarity ? $0.id < $1.id : $0.similarity > $1.similarity }
            return Array(matches.prefix(k))
        }

        func similarity(_ query: [Float], _ vector: [Float]) -> Double {
            let dot = Double(SampleVectors.fixedOrderDot(query, vector))
            return (min(max(dot, -1), 1) * 10_000).rounded() / 10_000
        }
    }

    /// Directions to draw from, so that near and equal vectors, opposites and zero meet often.
    private struct Source {
        let dimension: Int
        let centers: [[Float]]
        var used: [[Float]] = []

        init(dimension: Int, using random: inout SeededGenerator) {
            self.dimension = dimension
            centers = (0..<4).map { _ in SampleVectors.unit(dimension, using: &random) }
        }

        mutating func next(using random: inout SeededGenerator) -> [Float] {
            let center = centers.randomElement(using: &random) ?? []
            let vector: [Float] =
                switch Int.random(in: 0..<20, using: &random) {
                case 0: [Float](repeating: 0, count: dimension)
                case 1...3: used.randomElement(using: &random) ?? center
                case 4: center.map { -$0 }
                case 5...8: SampleVectors.near(center, spread: 0.003, using: &random)
                case 9...11: scaledAxis(using: &random)
                case 12...15: SampleVectors.near(center, spread: 0.3, using: &random)
                default: SampleVectors.unit(dimension, using: &random)
                }
            used.append(vector)
            return vector
        }

        /// Exact in int8, and of any length the index takes: what such vectors differ in, only rounding makes equal.
        private func scaledAxis(using random: inout SeededGenerator) -> [Float] {
            var vector = [Float](repeating: 0, count: dimension)
            let length = 1 + Float.random(in: -9e-4...9e-4, using: &random)
            let axis = Int.random(in: 0..<min(dimension, 2), using: &random)
            vector[axis] = Bool.random(using: &random) ? length : -length
            return vector
        }
    }

    static let availableSets: [scan_isa] = [
        scan_isa_scalar, scan_isa_avx2, scan_isa_avx512_vnni, scan_isa_neon, scan_isa_neon_dotprod,
    ].filter { isa in
        var kernels = scan_kernels_best()
        return scan_kernels_for(isa, &kernels) == 1
    }

    @Test("After any history the index answers as a plain scan does", arguments: availableSets)
    func historiesEqualPlainScan(_ isa: scan_isa) throws {
        var kernels = scan_kernels_best()
        try #require(scan_kernels_for(isa, &kernels) == 1)
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        for dimension in [3, 16, 17, 63, 100, 384, 768, Int.random(in: 1...300, using: &random)] {
            try checkHistory(dimension: dimension, kernels: kernels, using: &random)
        }
    }

    private func checkHistory(dimension: Int, kernels: scan_kernels, using random: inout SeededGenerator) throws {
        let encoder = EncoderIdentity(name: "test", fingerprint: "0123456789abcdef", dimension: dimension)
        let rowLimit = Int.random(in: 10...70, using: &random)
        // Beyond the limit of exact search too: fewer items than candidates are all of them found.
        let (exactLimit, largestID) = [(50_000, Int64(400)), (0, 190)].randomElement(using: &random) ?? (0, 190)
        var index = try TenantIndex(
            tenant: .default, encoder: encoder, kernels: kernels, rowLimit: rowLimit, exactLimit: exactLimit)
        var model = Model()
        var source = Source(dimension: dimension, using: &random)
        var written: [Int64: Int64] = [:]
        var sequence: Int64 = 0
        for _ in 0..<40 {
            var batch: [VectorChange] = []
            for _ in 0..<Int.random(in: 0...25, using: &random) {
                sequence += 1
                let id = Int64.random(in: 1...largestID, using: &random)
                if Int.random(in: 0..<4, using: &random) == 0 {
                    batch.append(.remove(ItemID(id)))
                    model.vectors[id] = nil
                    written[id] = nil
                } else {
                    let vector = source.next(using: &random)
                    batch.append(.put(ItemID(id), vector: vector, at: ChangeNumber(sequence)))
                    model.vectors[id] = vector
                    written[id] = sequence
                }
            }
            try index.apply(batch, at: ChangeNumber(sequence))
            if Int.random(in: 0..<12, using: &random) == 0 {
                index = try restored(index, written: written, exactLimit: exactLimit)
            }
            checkStructure(of: index.snapshot)
            for _ in 0..<4 { try compare(index.snapshot, model, source: &source, using: &random) }
        }
    }

    /// Through segments and back.
    private func restored(_ index: TenantIndex, written: [Int64: Int64], exactLimit: Int) throws -> TenantIndex {
        let blocks = try index.snapshot.blocks.map { block in
            try SegmentCodec.encode(block, tenant: index.tenant, encoder: index.encoder)
                .decoded(tenant: index.tenant, encoder: index.encoder).block
        }
        return try TenantIndex(
            tenant: index.tenant, encoder: index.encoder, blocks: blocks, at: index.snapshot.changeNumber,
            exactLimit: exactLimit
        ) { id, changeNumber in written[id.rawValue] == changeNumber.rawValue }
    }

    private func checkStructure(of snapshot: IndexSnapshot) {
        for block in snapshot.blocks.dropLast() { #expect(block.isSealed) }
        for block in snapshot.blocks where block.isSealed { #expect(block.deadCount * 4 <= block.rowCount) }
        #expect(Set(snapshot.blocks.map(\.serial)).count == snapshot.blocks.count)
        let liveCounts = snapshot.blocks.map(\.liveRows.count)
        #expect(snapshot.count == liveCounts.reduce(0, +))
    }

    private func compare(
        _ snapshot: IndexSnapshot, _ model: Model, source: inout Source, using random: inout SeededGenerator
    ) throws {
        #expect(snapshot.count == model.vectors.count)
        let query = source.next(using: &random)
        let k = Int.random(in: 1...20, using: &random)
        let bound: Double? = [nil, nil, 0.3, -0.2, 0.9999, -1, -1.00001].randomElement(using: &random) ?? nil
        var allowed: Set<Int64>?
        if Int.random(in: 0..<3, using: &random) == 0 {
            let count = Int.random(in: 0...300, using: &random)
            allowed = Set((0..<count).map { _ in Int64.random(in: 1...450, using: &random) })
        }
        let selection = allowed.map { ItemSelection($0.map { ItemID($0) }) }
        let found = try snapshot.search(query: query, k: k, minimumSimilarity: bound, allowed: selection)
        let expected = model.search(query, k: k, above: bound, allowed: allowed)
        #expect(found == expected, "dimension \(query.count), k \(k), bound \(bound ?? -9)")

        let asked = (0..<30).map { _ in Int64.random(in: 1...420, using: &random) }
        let similarities = try snapshot.similarity(of: asked.map { ItemID($0) }, query: query)
        for id in asked {
            let expected = model.vectors[id].map { model.similarity(query, $0) }
            #expect(similarities[ItemID(id)] == expected)
        }
    }

    @Test("A large selection, filtered in the scan, finds what computing everything does")
    func largeSelections() throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let encoder = EncoderIdentity(name: "test", fingerprint: "0123456789abcdef", dimension: 20)
        let index = try TenantIndex(tenant: .default, encoder: encoder)
        var model = Model()
        var source = Source(dimension: 20, using: &random)
        for id in 1...Int64(6000) { model.vectors[id] = source.next(using: &random) }
        let changes = model.vectors.map { entry in
            VectorChange.put(ItemID(entry.key), vector: entry.value, at: ChangeNumber(entry.key))
        }
        try index.apply(changes, at: ChangeNumber(6000))
        for _ in 0..<12 {
            let share = Double.random(in: 0...1, using: &random)
            var allowed: Set<Int64> = []
            for id in 1...Int64(6000) where Double.random(in: 0...1, using: &random) < share { allowed.insert(id) }
            let query = source.next(using: &random)
            let selection = ItemSelection(allowed.map { ItemID($0) })
            let found = try index.snapshot.search(query: query, k: 20, allowed: selection)
            #expect(found == model.search(query, k: 20, above: nil, allowed: allowed), "\(allowed.count) allowed")
        }
    }
}
