import HotTier
import Knowledge

/// The hot tier itself, into which every miss is admitted.
struct HotAlone: ReplayedCache {
    private let tier: HotTier
    private let answers: SampleAnswers

    init(_ policy: EvictionPolicy, capacity: Int, _ answers: SampleAnswers) {
        tier = HotTier(capacity: capacity, maximumBytes: .max, policy: policy)
        self.answers = answers
    }

    mutating func ask(_ key: Int) -> Bool {
        let answer = answers[key]
        if tier.get(answer.fingerprint, key: answer.key, at: answer.computedAt, isValid: { _ in true }) != nil {
            return true
        }
        _ = tier.admit(answer)
        return false
    }
}
