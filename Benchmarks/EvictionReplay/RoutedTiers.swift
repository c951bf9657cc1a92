import HotTier
import Knowledge
import Routing

/// The hot tier above an LRU list in place of warm, with answers placed by the router.
///
/// A hundred questions a second, answers of a quality that moves no rule, no words that do; nothing expires.
struct RoutedTiers {
    private static let millisecondsBetweenQuestions: Int64 = 10
    private static let quality = 0.7
    /// As of the default sizes.
    private static let warmCapacityFactor = 10

    private let hot: HotTier
    private var warm = RecencyTable<Fingerprint, Void>()
    private let warmCapacity: Int
    private let ledger = AccessLedger()
    private let rules = RoutingRules()
    private let answers: SampleAnswers
    private var now = Timestamp(milliseconds: 0)
    private(set) var hotHits = 0
    private(set) var warmHits = 0

    init(_ policy: EvictionPolicy, hotCapacity: Int, _ answers: SampleAnswers) {
        hot = HotTier(capacity: hotCapacity, maximumBytes: .max, policy: policy)
        warmCapacity = Self.warmCapacityFactor * hotCapacity
        self.answers = answers
    }

    mutating func ask(_ key: Int) {
        now = now.adding(milliseconds: Self.millisecondsBetweenQuestions)
        let answer = answers[key]
        let decision = rules.decide(
            ledger.record(answer.fingerprint, at: now), quality: Self.quality, folded: "", at: now,
            hotIsFull: hot.isFull)
        if hot.get(answer.fingerprint, key: answer.key, at: now, isValid: { _ in true }) != nil {
            hotHits += 1
        } else if warm.use(answer.fingerprint, { _ in }) != nil {
            warmHits += 1
            if decision.tier == .hot { admitToHot(answer) }
        } else {
            switch decision.tier {
            case .hot: admitToHot(answer)
            case .warm: admitToWarm(answer)
            case .cold: break
            }
        }
    }

    private mutating func admitToHot(_ answer: Answer) {
        guard case .admitted(let evicted) = hot.admit(answer) else { return }
        for answer in evicted { admitToWarm(answer) }
    }

    private mutating func admitToWarm(_ answer: Answer) {
        warm.insert(answer.fingerprint, ())
        if warm.count > warmCapacity { _ = warm.removeLeastRecent() }
    }
}
