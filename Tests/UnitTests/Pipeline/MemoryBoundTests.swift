import Embedding
import HotTier
import Knowledge
import Routing
import TestSupport
import Testing

/// What `scripts/bench memory` shows in bytes over ten million questions, in counts.
@Suite("What is keyed by users' texts is bounded")
struct MemoryBoundTests {
    private func fingerprints(_ count: Int) -> [Fingerprint] {
        var random = SeededGenerator(seed: 11)
        return (0..<count).map { _ in Fingerprint(high: random.next(), low: random.next()) }
    }

    @Test("The ledger forgets the questions asked longest ago")
    func ledger() {
        let ledger = AccessLedger(capacity: 800)
        let asked = fingerprints(20_000)
        for (index, fingerprint) in asked.enumerated() {
            _ = ledger.record(fingerprint, at: Timestamp(milliseconds: Int64(index)))
            #expect(ledger.count <= 800)
        }
        #expect(ledger.count > 700)
        #expect(ledger.record(asked[0], at: Timestamp(milliseconds: 30_000)).count == 1)
        #expect(ledger.record(asked[19_999], at: Timestamp(milliseconds: 30_000)).count == 2)
    }

    @Test("The ghosts of the sizes hold at most their levels' keys")
    func ghosts() {
        let ghost = GhostCache()
        for fingerprint in fingerprints(200_000) { ghost.record(fingerprint) }
        #expect(ghost.curve().sampledKeys <= GhostCache.levelCount * GhostCache.stackCapacity)
    }

    @Test("Question vectors are kept up to their number")
    func vectors() {
        let vectors = EmbeddingCache(capacity: 500)
        for fingerprint in fingerprints(20_000) { vectors.insert([1], for: fingerprint) }
        #expect(vectors.statistics.count == 500)
    }

    @Test("Expired answers that hot keeps take no more than its bounds")
    func expired() {
        let tier = HotTier(capacity: 100, maximumBytes: 1 << 20, expiredKeptMilliseconds: 1_000_000)
        for number in 0..<5_000 {
            let now = Timestamp(milliseconds: Int64(number) * 10)
            let answer = Answer.sample("q\(number)", expiresAt: now.adding(milliseconds: 5))
            _ = tier.admit(answer)
            _ = tier.get(answer.fingerprint, key: answer.key, at: now.adding(milliseconds: 6)) { _ in true }
            #expect(tier.count <= 100)
        }
        #expect(tier.count == 100)
        #expect(tier.isConsistent)
    }
}
