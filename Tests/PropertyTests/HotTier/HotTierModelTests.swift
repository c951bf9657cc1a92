import HotTier
import Knowledge
import TestSupport
import Testing

@Suite("Hot tier against a plain list")
struct HotTierModelTests {
    /// An LRU list as one would write it on paper: newest last.
    private struct Model {
        var entries: [Answer] = []
        let capacity: Int
        let maximumBytes: Int

        mutating func get(_ fingerprint: Fingerprint, at now: Timestamp, validFrom: ChangeNumber) -> Answer? {
            guard let index = entries.firstIndex(where: { $0.fingerprint == fingerprint }) else { return nil }
            let answer = entries.remove(at: index)
            guard now < answer.expiresAt, answer.changeNumber >= validFrom else { return nil }
            entries.append(answer)
            return answer
        }

        mutating func admit(_ answer: Answer) {
            guard capacity > 0, answer.byteCount <= maximumBytes else { return }
            entries.removeAll { $0.fingerprint == answer.fingerprint }
            entries.append(answer)
            while entries.count > capacity || entries.reduce(0, { $0 + $1.byteCount }) > maximumBytes {
                entries.removeFirst()
            }
        }
    }

    @Test("A random history leaves the same answers in the same order")
    func history() {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        for _ in 0..<20 {
            let capacity = Int.random(in: 0...24, using: &random)
            let maximumBytes = Int.random(in: 1_000...20_000, using: &random)
            let tier = HotTier(capacity: capacity, maximumBytes: maximumBytes)
            var model = Model(capacity: capacity, maximumBytes: maximumBytes)
            var now = Timestamp(milliseconds: 0)
            var change: Int64 = 0
            for _ in 0..<2_000 {
                let text = "question \(Int.random(in: 0..<40, using: &random))"
                now = now.adding(milliseconds: 1)
                switch Int.random(in: 0..<100, using: &random) {
                case 0: change += 1
                case 1:
                    tier.remove(Answer.sample(text).fingerprint, tenant: .default)
                    model.entries.removeAll { $0.key == Answer.sample(text).key }
                case 2..<40:
                    let answer = Answer.sample(
                        text, changeNumber: ChangeNumber(change),
                        expiresAt: now.adding(milliseconds: Int64.random(in: 1...300, using: &random)),
                        fragment: [UInt8](repeating: 0, count: Int.random(in: 0...2_000, using: &random)))
                    _ = tier.admit(answer)
                    model.admit(answer)
                default:
                    let asked = Answer.sample(text)
                    let found = tier.get(asked.fingerprint, key: asked.key, at: now) {
                        $0.changeNumber >= ChangeNumber(change)
                    }
                    #expect(found === model.get(asked.fingerprint, at: now, validFrom: ChangeNumber(change)))
                }
                #expect(tier.count == model.entries.count)
            }
            #expect(tier.answers(tenant: .default).map(\.fingerprint) == model.entries.reversed().map(\.fingerprint))
            #expect(tier.isConsistent)
        }
    }
}
