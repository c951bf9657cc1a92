import ColdTier
import Foundation
import Knowledge
import TestSupport
import Testing

/// A measurement, not a test: `scripts/bench validity` runs it.
@Suite("The cost of a validity check", .enabled(if: ProcessInfo.processInfo.environment["THERMOCLINE_MEASURE"] != nil))
struct ValidityCost {
    private static let dimension = 384
    /// What a short resolution has.
    private static let wordsOfItem = 120

    @Test("Nanoseconds by the number of changes since")
    func nanoseconds() async throws {
        var random = SeededGenerator(seed: 1)
        let directory = try TemporaryDirectory()
        let store = try await ColdFixture.open(
            directory.path, encoder: ColdFixture.encoder(dimension: Self.dimension))
        var items: [KnowledgeItem] = []
        for _ in 0..<100 { items.append(try await store.put(Self.put(&random))) }
        print("| changes since | vector | words | both |\n|---:|---:|---:|---:|")
        var changes = 0
        let start = store.changeNumber
        let strategies = [SearchStrategy.vector, .lexical, .hybrid]
        var footprints: [Footprint] = []
        for strategy in strategies {
            let found = try await store.find(Self.text(12, &random), strategy: strategy, dimension: Self.dimension)
            footprints.append(Self.unreachable(found.footprint))
        }
        for count in [0, 1, 10, 100, 1_000, 10_000] {
            while changes < count {
                let batch = min(count - changes, 1_000)
                // New vectors, for they count as changes and do not turn the epoch of the words.
                _ = try await store.write(
                    (0..<batch).map { index in
                        let item = items[index % items.count]
                        return .setVector(
                            id: item.id, tenant: .default, version: item.version,
                            vector: SampleVectors.unit(Self.dimension, using: &random))
                    })
                changes += batch
            }
            let times = footprints.map {
                Self.measure($0, store, since: start, repetitions: max(20, 200_000 / (count + 1)))
            }
            print("| \(count) | " + times.map { "\($0) ns" }.joined(separator: " | ") + " |")
        }
        await store.close()
    }

    private static func measure(
        _ footprint: Footprint, _ store: ColdTier, since: ChangeNumber, repetitions: Int
    ) -> Int {
        let start = ContinuousClock.now
        var valid = 0
        for _ in 0..<repetitions {
            if case .valid = store.validity(of: footprint, tenant: .default, since: since) { valid += 1 }
        }
        #expect(valid == repetitions)
        return Int((ContinuousClock.now - start) / .nanoseconds(1)) / repetitions
    }

    /// So that no change ends the check early.
    private static func unreachable(_ footprint: Footprint) -> Footprint {
        Footprint(
            category: nil, tags: [], candidates: [],
            vector: footprint.vector.map {
                Footprint.VectorList(
                    codes: $0.codes, scale: $0.scale, residualNorm: $0.residualNorm, minimumSimilarity: 0.99,
                    entryScore: 0.99)
            },
            words: footprint.words.map {
                Footprint.WordList(
                    terms: $0.terms, averageLength: $0.averageLength, entryScore: 1e6, postingRoom: .max)
            })
    }

    private static func put(_ random: inout SeededGenerator) throws -> ItemWrite {
        .put(
            tenant: .default,
            content: try ItemContent(issue: text(8, &random), resolution: text(wordsOfItem, &random)),
            vector: SampleVectors.unit(dimension, using: &random), skipUnchanged: false)
    }

    private static func text(_ count: Int, _ random: inout SeededGenerator) -> String {
        (0..<count).map { _ in "w\(Int.random(in: 0..<20_000, using: &random))" }.joined(separator: " ")
    }
}
