import CScan
import ColdTier
import Knowledge
import TestSupport
import Testing

@Suite struct TenantIndexTests {
    private func encoder(_ dimension: Int) -> EncoderIdentity {
        EncoderIdentity(name: "test", fingerprint: "0123456789abcdef", dimension: dimension)
    }

    private func index(_ dimension: Int, rowLimit: Int = FlatBlock.maximumRowCount) throws -> TenantIndex {
        try TenantIndex(tenant: .default, encoder: encoder(dimension), kernels: .best, rowLimit: rowLimit)
    }

    private func put(_ id: Int64, _ vector: [Float], _ number: Int64 = 1) -> VectorChange {
        .put(ItemID(id), vector: vector, at: ChangeNumber(number))
    }

    @Test("An empty index finds nothing and stands for change 0")
    func empty() throws {
        let snapshot = try index(3).snapshot
        #expect(snapshot.changeNumber == ChangeNumber(0) && snapshot.count == 0 && snapshot.blocks.isEmpty)
        #expect(try snapshot.search(query: [1, 0, 0], k: 5).isEmpty)
        #expect(try snapshot.similarity(of: [ItemID(1)], query: [1, 0, 0]).isEmpty)
    }

    @Test("Matches come by rounded similarity descending, then by id, and are rounded to 4 decimals")
    func order() throws {
        let index = try index(2)
        let nearly = SampleVectors.normalized([1, 0.00001])
        try index.apply(
            [put(3, [1, 0]), put(2, nearly), put(9, [0, 1]), put(4, [0.6, 0.8]), put(1, [-1, 0])], at: ChangeNumber(5))
        let matches = try index.snapshot.search(query: [1, 0], k: 10)
        // 2 and 3 differ in the float, not in the four decimals: the id decides.
        #expect(matches.map(\.id.rawValue) == [2, 3, 4, 9, 1])
        #expect(matches.map(\.similarity) == [1, 1, 0.6, 0, -1])
        #expect(try index.snapshot.search(query: [1, 0], k: 1).map(\.id.rawValue) == [2])
        #expect(try index.snapshot.search(query: [1, 0], k: 0).isEmpty)
        #expect(try index.snapshot.search(query: [1, 0], k: -1).isEmpty)
    }

    @Test("The bound is strict and concerns the rounded similarity")
    func strictBound() throws {
        let index = try index(2)
        try index.apply([put(1, [0.6, 0.8]), put(2, [0.8, 0.6])], at: ChangeNumber(2))
        #expect(try index.snapshot.search(query: [1, 0], k: 5, minimumSimilarity: 0.6).map(\.id.rawValue) == [2])
        #expect(try index.snapshot.search(query: [1, 0], k: 5, minimumSimilarity: 0.5999).count == 2)
        #expect(try index.snapshot.search(query: [1, 0], k: 5, minimumSimilarity: 1).isEmpty)
        #expect(try index.snapshot.search(query: [1, 0], k: 5, minimumSimilarity: .nan).isEmpty)
    }

    @Test("A snapshot goes on seeing what it was taken of")
    func snapshotIsolation() throws {
        let index = try index(2, rowLimit: 20)
        try index.apply([put(1, [1, 0]), put(2, [0, 1])], at: ChangeNumber(2))
        let before = index.snapshot
        try index.apply([.remove(ItemID(1)), put(2, [1, 0], 4)], at: ChangeNumber(4))
        for id in 10..<60 { try index.apply([put(Int64(id), [0.6, 0.8])], at: ChangeNumber(Int64(id))) }
        #expect(before.changeNumber == ChangeNumber(2) && before.count == 2)
        #expect(
            try before.search(query: [1, 0], k: 5) == [
                VectorMatch(id: ItemID(1), similarity: 1), VectorMatch(id: ItemID(2), similarity: 0),
            ])
        let after = index.snapshot
        #expect(after.changeNumber == ChangeNumber(59) && after.count == 51)
        #expect(try after.search(query: [1, 0], k: 1) == [VectorMatch(id: ItemID(2), similarity: 1)])
        #expect(!after.contains(ItemID(1)) && after.vector(of: ItemID(2)) == [1, 0])
    }

    @Test("A vector of wrong dimension or length is refused, and nothing of its batch is applied")
    func refusal() throws {
        let index = try index(2)
        func apply(_ vector: [Float]) throws {
            try index.apply([put(1, [1, 0]), put(2, vector)], at: ChangeNumber(2))
        }
        #expect(throws: IndexError.wrongDimension(expected: 2, actual: 3)) { try apply([1, 0, 0]) }
        #expect(throws: IndexError.wrongDimension(expected: 2, actual: 0)) { try apply([]) }
        #expect(throws: IndexError.notUnitLength(norm: 2)) { try apply([2, 0]) }
        #expect(throws: IndexError.self) { try apply([.nan, 0]) }
        #expect(throws: IndexError.self) { try apply([.infinity, 0]) }
        #expect(index.snapshot.count == 0 && index.snapshot.changeNumber == ChangeNumber(0))
        #expect(throws: IndexError.self) { try index.snapshot.search(query: [1, 1], k: 1) }
        #expect(throws: IndexError.unsupportedDimension(0)) { try self.index(0) }
        #expect(throws: IndexError.unsupportedDimension(4097)) { try self.index(4097) }
    }

    @Test("A tail starts small, doubles, and is sealed at its limit")
    func growth() throws {
        let index = try index(8)
        var random = SeededGenerator(seed: 1)
        for id in 1...FlatBlock.maximumRowCount + 1 {
            try index.apply(
                [put(Int64(id), SampleVectors.unit(8, using: &random), Int64(id))], at: ChangeNumber(Int64(id)))
            if id == 1 { #expect(index.snapshot.byteCount < 4096) }
            if id == 4095 { #expect(index.snapshot.blocks.map(\.isSealed) == [false]) }
            if id == 4096 { #expect(index.snapshot.blocks.map(\.isSealed) == [true]) }
        }
        #expect(index.snapshot.blocks.map(\.rowCount) == [4096, 1])
        #expect(index.snapshot.blocks.map(\.serial) == [0, 1])
        #expect(index.snapshot.blocks[0].liveRows[4095].id == ItemID(4096))
    }

    @Test("An item replaced for ever takes no more memory")
    func endlessReplacement() throws {
        let index = try index(8)
        var random = SeededGenerator(seed: 2)
        for round in 1...20_000 {
            try index.apply(
                [put(7, SampleVectors.unit(8, using: &random), Int64(round))], at: ChangeNumber(Int64(round)))
        }
        #expect(index.snapshot.count == 1 && index.snapshot.blocks.count == 1)
        #expect(index.snapshot.blocks[0].rowCount <= 16)
        #expect(index.snapshot.blocks[0].liveRows[0].changeNumber == ChangeNumber(20_000))
    }

    @Test("Sealed blocks that are more than a quarter dead are rewritten, and sparse ones merged")
    func compaction() throws {
        let index = try index(4, rowLimit: 16)
        var random = SeededGenerator(seed: 3)
        try index.apply(
            (1...64).map { put($0, SampleVectors.unit(4, using: &random), $0) }, at: ChangeNumber(64))
        #expect(index.snapshot.blocks.count == 4)
        try index.apply((1...4).map { .remove(ItemID($0)) }, at: ChangeNumber(68))
        #expect(index.snapshot.blocks[0].deadCount == 4, "exactly a quarter may stay")
        try index.apply([.remove(ItemID(5))], at: ChangeNumber(69))
        #expect(index.snapshot.blocks.map(\.deadCount).allSatisfy { $0 == 0 } && index.snapshot.count == 59)
        #expect(Set(index.snapshot.blocks.map(\.serial)) == [1, 2, 3, 4])
        try index.apply((1...62).map { .remove(ItemID($0)) }, at: ChangeNumber(140))
        #expect(index.snapshot.blocks.map(\.rowCount) == [2])
        try index.apply([.remove(ItemID(63)), .remove(ItemID(64))], at: ChangeNumber(142))
        #expect(index.snapshot.blocks.isEmpty && index.snapshot.count == 0)
    }

    @Test("An index restored from blocks keeps the rows that count, and of two the later one")
    func restoration() throws {
        let first = try FlatBlock(
            rows: [
                (ItemID(1), ChangeNumber(1), [1, 0]), (ItemID(2), ChangeNumber(2), [0, 1]),
                (ItemID(3), ChangeNumber(9), [1, 0]),
            ], dimension: 2)
        let second = try FlatBlock(
            rows: [(ItemID(3), ChangeNumber(4), [0, 1]), (ItemID(2), ChangeNumber(5), [1, 0])], dimension: 2)
        let index = try TenantIndex(
            tenant: .default, encoder: encoder(2), blocks: [first, second], at: ChangeNumber(9)
        ) { id, _ in id != ItemID(1) }
        let snapshot = index.snapshot
        #expect(snapshot.blocks.map(\.serial) == [0, 1] && snapshot.changeNumber == ChangeNumber(9))
        #expect(snapshot.count == 2 && !snapshot.contains(ItemID(1)))
        #expect(snapshot.vector(of: ItemID(2)) == [1, 0] && snapshot.vector(of: ItemID(3)) == [1, 0])
        try index.apply([put(4, [0, 1], 10)], at: ChangeNumber(10))
        #expect(index.snapshot.count == 3, "small restored blocks are merged, nothing is lost")
        #expect(index.snapshot.blocks.filter(\.isSealed).count == 1)
        #expect(throws: IndexError.wrongDimension(expected: 3, actual: 2)) {
            try TenantIndex(tenant: .default, encoder: encoder(3), blocks: [first], at: ChangeNumber(1)) { _, _ in true
            }
        }
    }

    @Test("Searches run beside a writer and each sees whole batches only")
    func concurrency() async throws {
        let index = try index(16, rowLimit: 64)
        let writer = Task.detached {
            var random = SeededGenerator(seed: 4)
            for round in 1...400 {
                // Every batch puts 10 items; later ones replace those of earlier rounds.
                let batch = (0..<10).map { slot in
                    put(
                        Int64((round % 40) * 10 + slot + 1), SampleVectors.unit(16, using: &random), Int64(round))
                }
                try index.apply(batch, at: ChangeNumber(Int64(round)))
            }
        }
        var random = SeededGenerator(seed: 5)
        var seen = ChangeNumber(0)
        while seen < ChangeNumber(400) {
            let snapshot = index.snapshot
            #expect(snapshot.changeNumber >= seen)
            seen = snapshot.changeNumber
            #expect(snapshot.count == min(Int(seen.rawValue), 40) * 10)
            let query = SampleVectors.unit(16, using: &random)
            let matches = try snapshot.search(query: query, k: 500)
            #expect(matches.count == snapshot.count && Set(matches.map(\.id)).count == matches.count)
            let similarities = try snapshot.similarity(of: matches.map(\.id), query: query)
            #expect(matches.allSatisfy { similarities[$0.id] == $0.similarity })
        }
        try await writer.value
    }
}
