public import HotTier

/// What became of a kept answer whose question is close to the one asked.
public enum ReuseVerdict: Sendable, Hashable {
    case accepted
    /// The nearest there is, and not near enough.
    case belowThreshold
    /// The guard's rule that failed first.
    case refused(GuardRule)
    /// It had expired, or a change could have altered it, or it had just left.
    case outdated
    /// For the question asked, none of its results is above `min_score`.
    case minScore

    /// As in `explain` and in a metric's label.
    public var name: String {
        switch self {
        case .accepted: "accepted"
        case .belowThreshold: "below_threshold"
        case .refused(let rule): rule.rawValue
        case .outdated: "outdated"
        case .minScore: "min_score"
        }
    }

    /// Those that are counted: every candidate at the threshold or above ends as one of them.
    public static let counted: [ReuseVerdict] =
        [.accepted] + GuardRule.allCases.map { .refused($0) } + [.outdated, .minScore]
}
