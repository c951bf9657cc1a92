import HotTier
import Knowledge
import TestSupport
import Testing

@Suite("Kept questions close to another")
struct NearestQuestionTests {
    private static let dimension = 48
    private let now = Timestamp(milliseconds: 1_000)

    private func answer(
        _ text: String, _ vector: [Float], tenant: Tenant = .default, topK: Int = 5, resultCount: Int = 1,
        words: Footprint.WordList? = nil
    ) -> Answer {
        .sample(
            text, tenant: tenant, topK: topK, resultCount: resultCount,
            footprint: .sample(question: vector, words: words))
    }

    private func nearest(_ tier: HotTier, to vector: [Float], like answer: Answer, limit: Int = 5) -> [CloseAnswer] {
        tier.nearest(
            to: vector, scope: answer.key.scope, excluding: Fingerprint(high: 0, low: 0), limit: limit)
    }

    private func tier(_ capacity: Int, _ policy: EvictionPolicy = .lru) -> HotTier {
        HotTier(capacity: capacity, maximumBytes: 1 << 30, policy: policy, findsSimilar: true)
    }

    @Test("They are the closest there are, and their similarity is never above the cosine, nor far below")
    func closest() throws {
        let seed = SeededGenerator.announcedSeed()
        var random = SeededGenerator(seed: seed)
        let tier = tier(5_000)
        let center = SampleVectors.unit(Self.dimension, using: &random)
        var vectors: [Fingerprint: [Float]] = [:]
        // More than are scanned at a time.
        for number in 0..<2_500 {
            let vector = SampleVectors.near(center, spread: Float(number) / 1_500, using: &random)
            let answer = answer("question \(number)", vector)
            vectors[answer.fingerprint] = vector
            _ = tier.admit(answer)
        }
        let asked = SampleVectors.near(center, spread: 0.1, using: &random)
        let found = nearest(tier, to: asked, like: answer("question 0", center), limit: 10)
        #expect(found.count == 10)
        for close in found {
            let vector = try #require(vectors[close.answer.fingerprint])
            let cosine = Double(SampleVectors.fixedOrderDot(asked, vector))
            #expect(close.similarity <= cosine)
            #expect(close.similarity > cosine - 0.03)
        }
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.similarity >= $1.similarity })
        let cosines = vectors.values.map { Double(SampleVectors.fixedOrderDot(asked, $0)) }.sorted(by: >)
        let furthest = try #require(found.last)
        #expect(furthest.similarity > cosines[9] - 0.05, "a closer one was passed over")
    }

    @Test("Another tenant's, other options', the question's own, what words ranked and empty answers are not found")
    func leftOut() throws {
        var random = SeededGenerator(seed: 1)
        let vector = SampleVectors.unit(Self.dimension, using: &random)
        let tier = tier(100)
        let own = answer("own", vector)
        let words = Footprint.WordList(terms: [], averageLength: 1, entryScore: 0, postingRoom: 0)
        for answer in [
            own, answer("a", vector, tenant: try #require(Tenant("other"))), answer("b", vector, topK: 7),
            answer("c", vector, resultCount: 0), answer("d", vector, words: words), .sample("e"),
        ] { _ = tier.admit(answer) }
        #expect(tier.isConsistent)
        #expect(tier.nearest(to: vector, scope: own.key.scope, excluding: own.fingerprint, limit: 5).isEmpty)
        #expect(nearest(tier, to: vector, like: own).map(\.answer.fingerprint) == [own.fingerprint])
        // Another encoder's vector meets nothing.
        #expect(nearest(tier, to: [1, 0], like: own).isEmpty)
    }

    @Test("What leaves the tier is found no more, however it leaves")
    func leaving() throws {
        var random = SeededGenerator(seed: 2)
        let vector = SampleVectors.unit(Self.dimension, using: &random)
        let tier = tier(2)
        let answers = (0..<5).map { answer("question \($0)", vector) }
        func found() -> Set<Fingerprint> {
            Set(nearest(tier, to: vector, like: answers[0]).map(\.answer.fingerprint))
        }
        for answer in answers[..<3] { _ = tier.admit(answer) }
        #expect(found() == Set(answers[1...2].map(\.fingerprint)))
        #expect(tier.get(answers[1].fingerprint, key: answers[1].key, at: now) { _ in false } == nil)
        #expect(found() == [answers[2].fingerprint])
        tier.remove(answers[2].fingerprint, tenant: .default)
        #expect(found().isEmpty)
        _ = tier.admit(answers[3])
        let again = answer("question 3", vector)
        _ = tier.admit(again)
        #expect(nearest(tier, to: vector, like: again).map { $0.answer === again } == [true])
        tier.flush(tenant: .default)
        #expect(found().isEmpty)
        #expect(tier.isConsistent)
    }

    @Test("A tier that is not told to keeps no questions")
    func switchedOff() {
        let tier = HotTier(capacity: 10, maximumBytes: 1 << 20)
        let answer = answer("a", [1, 0])
        _ = tier.admit(answer)
        #expect(nearest(tier, to: [1, 0], like: answer).isEmpty)
        #expect(tier.isConsistent)
    }

    @Test("Threads that admit, remove and look at once leave it consistent", arguments: EvictionPolicy.allCases)
    func concurrent(policy: EvictionPolicy) async {
        let tier = tier(64, policy)
        var random = SeededGenerator(seed: 3)
        let vectors = (0..<256).map { _ in SampleVectors.unit(Self.dimension, using: &random) }
        let answers = vectors.enumerated().map { answer("question \($0.offset)", $0.element) }
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    var random = SeededGenerator(seed: UInt64(worker))
                    for _ in 0..<5_000 {
                        let index = Int.random(in: 0..<answers.count, using: &random)
                        switch Int.random(in: 0..<10, using: &random) {
                        case 0: tier.remove(answers[index].fingerprint, tenant: .default)
                        case 1...4: _ = tier.admit(answers[index])
                        default: _ = nearest(tier, to: vectors[index], like: answers[index])
                        }
                    }
                }
            }
        }
        #expect(tier.isConsistent)
    }
}
