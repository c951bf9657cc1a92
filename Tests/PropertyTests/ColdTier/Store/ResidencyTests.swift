import ColdTier
import Foundation
import GRDB
import Knowledge
import TestSupport
import Testing

/// A store whose originals have a quarter of the memory they take, beside one without a limit.
@Suite struct ResidencyTests {
    private static let dimension = 64
    private static let itemCount = 20_000
    /// f32 of all items.
    private static let originalBytes = itemCount * dimension * 4
    /// Chunks of 64 KiB are a small part of the limit, and so is what no segment has yet.
    private static let blockRowCount = 512

    @Test(
        "Random histories are answered alike in a quarter of the memory, over compaction and restarts",
        arguments: [TenantIndex.defaultExactLimit, 5_000])
    func quarter(exactScanItems: Int) async throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let (free, small) = (try TemporaryDirectory(), try TemporaryDirectory())
        let limit = Self.originalBytes / 4
        func open(_ directory: TemporaryDirectory, limit: Int?) async throws -> ColdTier {
            try await ColdFixture.open(
                directory.path, encoder: ColdFixture.encoder(dimension: Self.dimension),
                blockRowCount: Self.blockRowCount, exactScanItems: exactScanItems, indexMemoryBytes: limit)
        }
        var stores = [try await open(free, limit: nil), try await open(small, limit: limit)]
        for start in stride(from: 0, to: Self.itemCount, by: 1_000) {
            let writes = try (start..<start + 1_000).map { try write(number: $0, &random) }
            for store in stores { _ = try await store.write(writes) }
            #expect(resident(stores[1]) <= limit)
        }
        #expect(resident(stores[0]) == Self.originalBytes, "all in memory without a limit")
        for round in 0..<3 {
            for _ in 0..<12 {
                let writes = try randomWrites(&random)
                let query = SyntheticVector.of(text(&random), dimension: Self.dimension)
                var answers: [[RankedItem]] = []
                for store in stores {
                    _ = try await store.write(writes)
                    try store.sealBlocks()
                    answers.append(
                        try await store.search(
                            ColdSearch(
                                tenant: .default, text: "x", vector: query, topK: 20, minScore: -1, strategy: .vector)
                        ).results)
                }
                // Times differ: the stores were written one after the other.
                #expect(answers[0].map(\.item.id) == answers[1].map(\.item.id))
                #expect(answers[0].map(\.similarity) == answers[1].map(\.similarity))
                #expect(answers[0].count == 20)
                #expect(resident(stores[1]) <= limit)
            }
            let evictions = stores[1].statistics().originals.evictions
            #expect(evictions > 0 || round > 0, "chunks were evicted")
            #expect(stores[0].statistics().originals.evictions == 0)
            for store in stores { await store.close() }
            stores = [try await open(free, limit: nil), try await open(small, limit: limit)]
            for store in stores {
                await store.waitForOriginals()
                // What follows goes through the writer's queue.
                _ = try await store.writerPragma("user_version")
            }
            #expect(resident(stores[1]) <= limit)
            #expect(stores.allSatisfy { $0.statistics().itemsWithoutVector == 0 })
        }
        for store in stores { await store.close() }
    }

    @Test(
        "A start has the sign codes of before; damaged ones are derived again, and found the same",
        arguments: [
            "SELECT 1", "DELETE FROM segment_part WHERE key % 65536 = 1", "DELETE FROM segment_part WHERE key < 0",
            "UPDATE segment_part SET data = substr(data, 2) || x'55' WHERE key % 65536 = 1 OR key < 0",
        ])
    func storedSigns(damage: String) async throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let directory = try TemporaryDirectory()
        func open() async throws -> ColdTier {
            try await ColdFixture.open(
                directory.path, encoder: ColdFixture.encoder(dimension: Self.dimension),
                blockRowCount: Self.blockRowCount, exactScanItems: 1_000)
        }
        func answer(_ store: ColdTier) async throws -> [ItemID] {
            try await store.search(
                ColdSearch(
                    tenant: .default, text: "x", vector: SyntheticVector.of("w1 w2 w3", dimension: Self.dimension),
                    topK: 10, minScore: -1, strategy: .vector)
            ).results.map(\.item.id)
        }
        var store = try await open()
        for start in stride(from: 0, to: 4_000, by: 1_000) {
            _ = try await store.write((start..<start + 1_000).map { try write(number: $0, &random) })
        }
        try store.sealBlocks()
        let (expected, signBytes) = (try await answer(store), store.statistics().signBytes)
        #expect(expected.count == 10 && signBytes > 0)
        await store.close()
        try await DatabaseQueue(path: directory.path + "/thermocline.sqlite").write { try $0.execute(sql: damage) }

        store = try await open()
        if damage == "SELECT 1" { #expect(store.statistics().signBytes == signBytes) }
        #expect(try await answer(store) == expected)
        await store.waitForOriginals()
        _ = try await store.writerPragma("user_version")
        #expect(try await answer(store) == expected)
        #expect(store.statistics().itemsWithoutVector == 0)
        await store.close()
    }

    private func resident(_ store: ColdTier) -> Int {
        let originals = store.statistics().originals
        return originals.pinnedBytes + originals.cachedBytes
    }

    private func text(_ random: inout SeededGenerator) -> String {
        (0..<3).map { _ in "w\(Int.random(in: 0..<200, using: &random))" }.joined(separator: " ")
    }

    private func write(number: Int, _ random: inout SeededGenerator) throws -> ItemWrite {
        .put(
            tenant: .default, content: try ItemContent(issue: "item \(number)", resolution: "r"),
            vector: SyntheticVector.of(text(&random), dimension: Self.dimension), skipUnchanged: false)
    }

    /// Few, or half a block and more, which becomes a segment at once; and deletions that make blocks be compacted.
    private func randomWrites(_ random: inout SeededGenerator) throws -> [ItemWrite] {
        var writes = try (0..<[3, 100, 400][Int.random(in: 0..<3, using: &random)]).map { _ in
            try write(number: Int.random(in: 0..<Self.itemCount, using: &random), &random)
        }
        let first = Int64.random(in: 1...Int64(Self.itemCount - 400), using: &random)
        for id in first..<first + Int64.random(in: 1...400, using: &random) {
            writes.append(.delete(id: ItemID(id), tenant: .default, expectedVersion: nil))
        }
        return writes
    }
}
