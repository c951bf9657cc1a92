import ColdTier
import Knowledge
import TestSupport
import Testing

@Suite("Whether an answer still stands")
struct ValidityTests {
    private static let question = "docker build no space left"

    /// A store of forty items that have nothing to do with the question, and one that has.
    private func withStore(
        _ body: (ColdTier, KnowledgeItem) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let store = try await ColdFixture.open(directory.path)
        let near = try await store.put(ColdFixture.put(Self.question, category: "build", tags: ["ci"]))
        _ = try await store.write(try (0..<40).map { try ColdFixture.put("filler\($0) padding\($0)") })
        try await body(store, near)
        await store.close()
    }

    private func find(
        _ store: ColdTier, _ strategy: SearchStrategy = .vector, topK: Int = 5, category: String? = nil,
        tags: [String] = [], minScore: Double? = 0.8
    ) async throws -> ColdAnswer {
        try await store.find(
            Self.question, strategy: strategy, topK: topK, category: category, tags: tags,
            // It would leave out every item: without a vector the similarity is 0.
            minScore: strategy == .lexical ? nil : minScore)
    }

    private func isAltered(_ answer: ColdAnswer, in store: ColdTier) -> Bool {
        store.validity(of: answer.footprint, tenant: .default, since: answer.changeNumber) == .altered
    }

    private func expectValid(
        _ answer: ColdAnswer, in store: ColdTier, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            store.validity(of: answer.footprint, tenant: .default, since: answer.changeNumber)
                == .valid(through: store.changeNumber), sourceLocation: sourceLocation)
    }

    @Test("It stands while nothing changes, and when something unlike it comes", arguments: SearchStrategy.allCases)
    func unrelated(strategy: SearchStrategy) async throws {
        try await withStore { store, _ in
            let answer = try await find(store, strategy)
            #expect(answer.results.count == 1)
            expectValid(answer, in: store)
            _ = try await store.put(ColdFixture.put("filler100 padding100"))
            _ = try await store.put(ColdFixture.put("filler7 padding7", "another resolution"))
            expectValid(answer, in: store)
        }
    }

    @Test("It ends when something like it comes, unless that is gone again", arguments: SearchStrategy.allCases)
    func newcomer(strategy: SearchStrategy) async throws {
        try await withStore { store, _ in
            let answer = try await find(store, strategy)
            let item = try await store.put(ColdFixture.put("\(Self.question) again"))
            #expect(isAltered(answer, in: store))
            _ = try await store.write([.delete(id: item.id, tenant: .default, expectedVersion: nil)])
            expectValid(answer, in: store)
        }
    }

    @Test("It ends when one of its items changes or goes, not when another goes", arguments: SearchStrategy.allCases)
    func candidates(strategy: SearchStrategy) async throws {
        try await withStore { store, near in
            let filler = try await store.put(ColdFixture.put("filler200"))
            let answer = try await find(store, strategy)
            _ = try await store.write([.delete(id: filler.id, tenant: .default, expectedVersion: nil)])
            expectValid(answer, in: store)
            _ = try await store.put(
                ColdFixture.put(Self.question, "another resolution", category: "build", tags: ["ci"]))
            #expect(isAltered(answer, in: store))
            let replaced = try await find(store, strategy)
            _ = try await store.write([.delete(id: near.id, tenant: .default, expectedVersion: nil)])
            #expect(isAltered(replaced, in: store))
        }
    }

    @Test("What its filters leave out does not end it")
    func filters() async throws {
        try await withStore { store, _ in
            let inCategory = try await find(store, category: "build")
            let tagged = try await find(store, tags: ["ci"])
            _ = try await store.put(ColdFixture.put("\(Self.question) again", category: "network", tags: ["linux"]))
            expectValid(inCategory, in: store)
            expectValid(tagged, in: store)
            _ = try await store.put(
                ColdFixture.put("\(Self.question) twice", category: "build", tags: ["linux", "ci"]))
            #expect(isAltered(inCategory, in: store))
            #expect(isAltered(tagged, in: store))
        }
    }

    @Test("A full list ends only by what reaches its last place")
    func fullList() async throws {
        try await withStore { store, _ in
            let best = try await find(store, .vector, topK: 1, minScore: nil)
            let bestByWords = try await find(store, .lexical, topK: 1, minScore: nil)
            _ = try await store.put(ColdFixture.put("docker build cache invalidation"))
            expectValid(best, in: store)
            expectValid(bestByWords, in: store)
            #expect(isAltered(try await find(store, .vector, topK: 5, minScore: -1), in: store) == false)
        }
    }

    @Test("Another tenant's writes never end it")
    func tenants() async throws {
        try await withStore { store, _ in
            let answer = try await find(store, .hybrid)
            let other = try #require(Tenant("other"))
            _ = try await store.put(ColdFixture.put(Self.question, tenant: other))
            expectValid(answer, in: store)
            #expect(
                store.validity(of: answer.footprint, tenant: other, since: answer.changeNumber) == .altered)
        }
    }

    @Test("A quality that moves ends it if the item is in it", arguments: SearchStrategy.allCases)
    func qualityOfCandidate(strategy: SearchStrategy) async throws {
        try await withStore { store, near in
            let answer = try await find(store, strategy)
            try await store.settle(near.id, 0.2)
            #expect(isAltered(answer, in: store))
            let weighed = try await find(store, strategy)
            #expect(weighed.results.first?.item.quality == 0.2)
            try await store.settle(near.id, 0)
            #expect(isAltered(weighed, in: store))
        }
    }

    @Test(
        "A quality that moves ends it if the item could now enter, and else not",
        arguments: [SearchStrategy.vector, .lexical])
    func qualityOfAnother(strategy: SearchStrategy) async throws {
        try await withStore { store, near in
            let rival = try await store.put(
                ColdFixture.put("left space no build docker", category: "build", tags: ["ci"]))
            let filler = try await store.put(ColdFixture.put("docker filler"))
            let best = try await find(store, strategy, topK: 1, minScore: nil)
            #expect(best.results.map(\.item.id) == [near.id])
            try await store.settle(filler.id, 1)
            expectValid(best, in: store)
            try await store.settle(rival.id, -0.5)
            if strategy == .vector { expectValid(best, in: store) }
            try await store.settle(rival.id, 1)
            #expect(isAltered(best, in: store))
        }
    }

    @Test("The turn of an epoch ends lists of words, and lists of vectors stand")
    func epochs() async throws {
        try await withStore { store, _ in
            let vector = try await find(store, .vector)
            let lexical = try await find(store, .lexical)
            let hybrid = try await find(store, .hybrid)
            let epoch = store.rankingEpoch(.default)
            var count = 300
            while store.rankingEpoch(.default) == epoch {
                _ = try await store.put(ColdFixture.put("filler\(count) padding\(count)"))
                count += 1
            }
            expectValid(vector, in: store)
            #expect(isAltered(lexical, in: store))
            #expect(isAltered(hybrid, in: store))
        }
    }

    @Test("An item that gets its vector late ends the lists that it then reaches")
    func lateVector() async throws {
        try await withStore { store, _ in
            let item = try await store.put(ColdFixture.put("\(Self.question) again", embedded: false))
            let answer = try await find(store)
            _ = try await store.write([
                .setVector(
                    id: item.id, tenant: .default, version: item.version,
                    vector: SyntheticVector.of("\(Self.question) again", dimension: ColdFixture.dimension))
            ])
            #expect(isAltered(answer, in: store))
        }
    }

    @Test("An item of more words than are remembered could match any question by words")
    func manyWords() async throws {
        try await withStore { store, _ in
            let vector = try await find(store, .vector)
            let lexical = try await find(store, .lexical)
            let text = (0..<400).map { "word\($0)" }.joined(separator: " ")
            _ = try await store.put(ColdFixture.put("filler500 padding500", text))
            expectValid(vector, in: store)
            #expect(isAltered(lexical, in: store))
        }
    }

    @Test("Nothing is known of answers from before the start, of the future, or older than the last 10,000 changes")
    func unknown() async throws {
        let directory = try TemporaryDirectory()
        let store = try await ColdFixture.open(directory.path)
        _ = try await store.put(ColdFixture.put(Self.question))
        let old = try await find(store)
        _ = try await store.put(ColdFixture.put("filler padding"))
        let new = try await find(store)
        await store.close()

        let again = try await ColdFixture.open(directory.path)
        func validity(_ answer: ColdAnswer, since: Int64 = 0) -> Validity {
            again.validity(
                of: answer.footprint, tenant: .default, since: ChangeNumber(answer.changeNumber.rawValue + since))
        }
        #expect(validity(old) == .unknown)
        #expect(validity(new) == .valid(through: new.changeNumber))
        #expect(validity(new, since: 1) == .unknown)
        for _ in 0..<10 {
            _ = try await again.write(try (0..<1_000).map { _ in try ColdFixture.put("filler padding") })
        }
        #expect(validity(new) == .valid(through: again.changeNumber))
        _ = try await again.write(try (0..<600).map { _ in try ColdFixture.put("filler padding") })
        #expect(validity(new) == .unknown)
        await again.close()
    }
}
