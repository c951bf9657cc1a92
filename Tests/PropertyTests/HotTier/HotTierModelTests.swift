import HotTier
import Knowledge
import TestSupport
import Testing

@Suite("Hot tier against plain lists")
struct HotTierModelTests {
    @Test(
        "A random history finds and evicts what the policy on paper does, in the same order",
        arguments: EvictionPolicy.allCases)
    func history(policy: EvictionPolicy) {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        for _ in 0..<20 {
            let capacity = Int.random(in: 0...24, using: &random)
            let maximumBytes = Int.random(in: 1_000...20_000, using: &random)
            let tier = HotTier(capacity: capacity, maximumBytes: maximumBytes, policy: policy)
            var model = PinnedModel(policy, capacity: capacity, maximumBytes: maximumBytes)
            var now = Timestamp(milliseconds: 0)
            var change: Int64 = 0
            for _ in 0..<2_000 {
                // The smaller of two numbers: some questions are asked more often than others.
                let number = min(Int.random(in: 0..<40, using: &random), Int.random(in: 0..<40, using: &random))
                let asked = Answer.sample("question \(number)")
                now = now.adding(milliseconds: 1)
                switch Int.random(in: 0..<200, using: &random) {
                case 0: change += 1
                case 1, 2:
                    tier.remove(asked.fingerprint, tenant: .default)
                    model.remove(asked.fingerprint)
                case 3..<8:
                    var isPinned = false
                    if case .pinned = tier.pin(asked.fingerprint, tenant: .default) { isPinned = true }
                    #expect(isPinned == model.pin(asked.fingerprint))
                case 8..<12:
                    #expect(tier.unpin(asked.fingerprint, tenant: .default) == model.unpin(asked.fingerprint))
                case 12..<60:
                    let answer = Answer.sample(
                        "question \(number)", changeNumber: ChangeNumber(change),
                        expiresAt: now.adding(milliseconds: Int64.random(in: 1...600, using: &random)),
                        fragment: [UInt8](repeating: 0, count: Int.random(in: 0...2_000, using: &random)))
                    let expected = model.admit(answer)
                    #expect(tier.admit(answer).evicted?.map(\.fingerprint) == expected?.map(\.fingerprint))
                default:
                    let found = tier.get(asked.fingerprint, key: asked.key, at: now) {
                        $0.changeNumber >= ChangeNumber(change)
                    }
                    #expect(found === model.get(asked.fingerprint, at: now, validFrom: ChangeNumber(change)))
                }
                #expect(tier.count == model.held.count)
            }
            let held = tier.answers(tenant: .default).map(\.fingerprint)
            #expect(Set(held) == Set(model.held.map(\.fingerprint)))
            if policy == .lru {
                let pinned = Set(model.pinned.map(\.fingerprint))
                let queued = model.held.map(\.fingerprint).filter { !pinned.contains($0) }
                #expect(held.filter { !pinned.contains($0) } == queued.reversed())
            }
            #expect(tier.isConsistent)
        }
    }
}

extension HotAdmission {
    /// `nil` when the answer was refused.
    fileprivate var evicted: [Answer]? {
        guard case .admitted(let evicted) = self else { return nil }
        return evicted
    }
}
