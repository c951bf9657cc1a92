public import Knowledge

/// What a look-up gives back: an answer, and how it was come by.
public struct Reply: Sendable {
    public let answer: Answer
    /// The tier that the question is counted for.
    public let servedBy: ServedBy
    public let match: Match
    /// The kept question, in folded form, whose answer was reused; `nil` unless `match` is semantic.
    public let matchedQuery: String?
    /// The router's reason for where the answer belongs.
    public let reason: String
    /// Where the answer is kept now.
    public let placedIn: Tier
    /// Why it is not where the router wanted it.
    public let placementRefused: String?
    /// Times that this question was asked, this time included.
    public let accessCount: Int
    /// Whether another's computation was shared.
    public let coalesced: Bool
    /// Parts that had to be done without.
    public let degraded: [Degradation]
    /// How long ago the answer expired, when it is served because cold cannot be read.
    public let expiredFor: Duration?
    /// Duration of this look-up.
    public let elapsed: Duration
    /// The way through the tiers, in order.
    public let steps: [Step]

    /// The tier named in the reply; an answer without results names none.
    public var tierUsed: String {
        guard answer.resultCount > 0, let tier = servedBy.tier else { return "no_results" }
        return tier.rawValue
    }
}

/// What a question is counted as. Every answered question is exactly one of these.
public enum ServedBy: String, Sendable, Hashable, CaseIterable {
    case hot
    case warm
    case cold
    /// Computed, and nothing was found.
    case miss

    public var tier: Tier? {
        switch self {
        case .hot: .hot
        case .warm: .warm
        case .cold: .cold
        case .miss: nil
        }
    }
}

/// How an answer came to fit the question.
public enum Match: String, Sendable, Hashable, CaseIterable {
    /// Kept from the same question.
    case exact
    /// Kept from another question that asks the same.
    case semantic
    /// Computed for it.
    case search
}

/// A part that a reply had to do without.
public struct Degradation: Sendable, Hashable {
    /// As named in replies and in health: "warm_cache", "encoder", "cold_storage".
    public let part: String
    public let reason: String

    public init(part: String, reason: String) {
        self.part = part
        self.reason = reason
    }
}

/// One step of a look-up, for explaining it.
public struct Step: Sendable, Hashable {
    public let name: String
    /// One word where one will do: hit, miss, joined, unavailable, placed, refused …
    public let outcome: String
    public let microseconds: Int
    public let detail: String?
    /// What the step looked at more closely, the best first; at most `maximumCandidates`.
    public let candidates: [StepCandidate]

    static let maximumCandidates = 5
}

/// Something that a step chose from.
public struct StepCandidate: Sendable, Hashable {
    public enum Subject: Sendable, Hashable {
        /// A kept question of the same tenant, in folded form.
        case question(String)
        case item(ItemID)
    }

    public let subject: Subject
    /// Of kept questions the least that it can be, see `CloseAnswer`.
    public let similarity: Double
    /// The rule that accepted or rejected it; `nil` where nothing but the order decides.
    public let verdict: String?

    init(_ subject: Subject, similarity: Double, verdict: String? = nil) {
        self.subject = subject
        self.similarity = similarity
        self.verdict = verdict
    }
}

/// Collects the steps of one look-up; each lasts from the end of the one before.
struct Trace: Sendable {
    private(set) var steps: [Step] = []
    private let start: ContinuousClock.Instant
    private var last: ContinuousClock.Instant

    init() {
        start = .now
        last = start
    }

    var elapsed: Duration { .now - start }

    /// - Returns: how long the step took.
    @discardableResult
    mutating func step(
        _ name: String, _ outcome: String, _ detail: String? = nil, candidates: [StepCandidate] = []
    ) -> Duration {
        let now = ContinuousClock.Instant.now
        defer { last = now }
        steps.append(
            Step(
                name: name, outcome: outcome, microseconds: Int((now - last) / .microseconds(1)), detail: detail,
                candidates: Array(candidates.prefix(Step.maximumCandidates))))
        return now - last
    }

    /// Takes over the steps of a computation that ran meanwhile.
    mutating func append(_ steps: [Step]) {
        self.steps += steps
        last = .now
    }
}

/// Why a question could not be answered.
public enum LookupError: Error, Sendable, Hashable {
    /// More is asked at once than the server takes on.
    case overloaded(String)
    /// The knowledge cannot be read, and no tier above had the answer, not even one that time has ended.
    case storageUnavailable(String)
    /// The encoder was changed while the answer was computed; asked again, the question has one.
    case encoderChanged
}
