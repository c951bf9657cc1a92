import ColdTier
import Knowledge
import TestSupport
import Testing

/// Searches of the store that come at the same time against the same one after the other.
@Suite struct SharedSearchTests {
    private static let dimension = 64
    private static let itemCount = 6_000
    /// As many as there are readers; half of them wait for the other half.
    private static let askerCount = 8
    /// Until some have shared a pass; the first round does, unless the machine is very busy.
    private static let maximumRounds = 50

    @Test("What concurrent askers get is what each gets alone, to the bit, whoever made the pass")
    func concurrentAskers() async throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let directory = try TemporaryDirectory()
        let sharing = ScanSharing(leastByteCount: 0, concurrentScans: 1)
        let store = try await ColdFixture.open(
            directory.path, encoder: ColdFixture.encoder(dimension: Self.dimension),
            concurrentSearches: Self.askerCount, blockRowCount: 512, exactScanItems: 1_000, scanSharing: sharing)
        for start in stride(from: 0, to: Self.itemCount, by: 1_000) {
            _ = try await store.write(
                (start..<start + 1_000).map { number in
                    try ColdFixture.put(
                        "\(text(&random)) \(number)", category: "c\(number % 3)", dimension: Self.dimension)
                })
        }
        let searches = (0..<64).map { _ in search(&random) }
        var expected: [[RankedItem]] = []
        for search in searches { expected.append(try await store.search(search).results) }
        #expect(expected.contains { $0.count >= 10 })
        #expect(sharing.answeredSearches.value == 0, "no one else was there")

        for _ in 0..<Self.maximumRounds {
            let found = try await withThrowingTaskGroup(of: [(Int, [RankedItem])].self) { group in
                for asker in 0..<Self.askerCount {
                    group.addTask {
                        var found: [(Int, [RankedItem])] = []
                        for number in stride(from: asker, to: searches.count, by: Self.askerCount) {
                            found.append((number, try await store.search(searches[number]).results))
                        }
                        return found
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(found.count == searches.count)
            for (number, results) in found { #expect(results == expected[number]) }
            if sharing.answeredSearches.value > 0 { break }
        }
        #expect(sharing.answeredSearches.value > 0, "some have shared a pass")
        #expect(store.statistics().sharedSearches == sharing.answeredSearches.value)
        await store.close()
    }

    private func text(_ random: inout SeededGenerator) -> String {
        (0..<3).map { _ in "w\(Int.random(in: 0..<200, using: &random))" }.joined(separator: " ")
    }

    private func search(_ random: inout SeededGenerator) -> ColdSearch {
        ColdSearch(
            tenant: .default, text: "x", vector: SyntheticVector.of(text(&random), dimension: Self.dimension),
            topK: Int.random(in: 1...20, using: &random), category: Bool.random(using: &random) ? "c1" : nil,
            minScore: [-1, 0.2].randomElement(using: &random), strategy: .vector)
    }
}
