import HotTier
import Knowledge

/// What finding an answer in a full hot tier costs, on one thread.
enum HitCost {
    private static let capacity = 1_000
    private static let hitCount = 3_000_000

    static func nanoseconds(_ policy: EvictionPolicy, seed: UInt64) -> Double {
        let tier = HotTier(capacity: capacity, maximumBytes: .max, policy: policy)
        let answers = SampleAnswers(count: capacity)
        for key in 0..<capacity { _ = tier.admit(answers[key]) }
        var random = SplitMix64(seed: seed)
        let popularity = ZipfDistribution(count: capacity, exponent: 0.99)
        let asked = (0..<hitCount).map { _ in answers[popularity.draw(&random)] }
        let elapsed = ContinuousClock().measure {
            for answer in asked {
                _ = tier.get(answer.fingerprint, key: answer.key, at: answer.computedAt, isValid: { _ in true })
            }
        }
        return elapsed / .nanoseconds(hitCount)
    }
}
