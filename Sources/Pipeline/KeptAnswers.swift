import ColdTier
import HotTier
public import Knowledge
import WarmTier

/// Finds which questions have a kept answer near a text or a vector: for people who look at what hot and warm hold.
public struct KeptAnswers: Sendable {
    /// Answers of hot compared at most, the most recent: some milliseconds.
    public static let maximumHot = 10_000
    /// Answers of warm fetched at most, the most recently used: each is a command for Redis.
    public static let maximumWarm = 1_000
    /// Answers of warm in memory at once.
    private static let step = 32
    /// Pages of warm looked at: those of one tenant among many may be empty.
    private static let maximumPages = 256

    private let tiers: TierStack
    private let invalidate: Invalidate

    public init(_ tiers: TierStack) {
        self.tiers = tiers
        invalidate = Invalidate(cold: tiers.cold)
    }

    /// What was found, and in how much.
    public struct Findings: Sendable {
        public let matches: [KeptMatch]
        public let answersSearched: Int
        /// Whether that were all that the tier keeps for the tenant.
        public let isComplete: Bool
    }

    public func searchHot(_ wanted: KeptRanking, tenant: Tenant) -> Findings {
        var ranking = wanted
        let answers = tiers.hot.answers(tenant: tenant)
        for answer in answers.prefix(Self.maximumHot) where isServable(answer) { ranking.look(at: answer) }
        return Findings(
            matches: ranking.matches, answersSearched: min(answers.count, Self.maximumHot),
            isComplete: answers.count <= Self.maximumHot)
    }

    /// - Returns: `nil` when Redis gave no answer.
    public func searchWarm(_ wanted: KeptRanking, tenant: Tenant) async -> Findings? {
        var ranking = wanted
        var searched = 0
        var pages = 0
        var cursor: WarmCursor?
        repeat {
            let limit = min(Self.step, Self.maximumWarm - searched)
            guard let page = await tiers.warm.items(tenant: tenant, after: cursor, limit: limit),
                let answers = await tiers.warm.peek(page.items.map(\.fingerprint), tenant: tenant)
            else { return nil }
            for answer in answers where isServable(answer) { ranking.look(at: answer) }
            searched += page.items.count
            pages += 1
            cursor = page.next
        } while cursor != nil && searched < Self.maximumWarm && pages < Self.maximumPages
        return Findings(matches: ranking.matches, answersSearched: searched, isComplete: cursor == nil)
    }

    private func isServable(_ answer: Answer) -> Bool {
        tiers.time.now() < answer.expiresAt && invalidate.stands(answer, at: tiers.cold.changeNumber)
    }
}

/// A kept answer whose question is near what was searched for.
public struct KeptMatch: Sendable {
    public let answer: Answer
    /// 0…1, rounded to 4 decimals: the cosine of the vectors, within about 0.01, or the share of words in common.
    public let similarity: Double
    public let basis: ScoreBasis
}

/// The nearest of the answers looked at so far.
///
/// Answers that were found by vectors are compared by the codes of their question's vector; the others, and all when
/// there is no vector to compare with, by words: those in both texts among those in either. They come last.
public struct KeptRanking: Sendable {
    public private(set) var matches: [KeptMatch] = []
    private let words: Set<Substring>
    private let vector: [Float]?
    private let topK: Int

    /// - Parameters:
    ///   - folded: a question's folded text; may be empty.
    ///   - vector: of length 1.
    public init(folded: String, vector: [Float]?, topK: Int) {
        words = Self.words(folded)
        self.vector = vector
        self.topK = topK
    }

    mutating func look(at answer: Answer) {
        guard let match = match(answer), match.similarity > 0 else { return }
        let place = matches.firstIndex { Self.isBefore(match, $0) } ?? matches.count
        guard place < topK else { return }
        matches.insert(match, at: place)
        if matches.count > topK { matches.removeLast() }
    }

    private func match(_ answer: Answer) -> KeptMatch? {
        if let vector, let codes = answer.footprint?.vector, codes.codes.count == vector.count {
            let dot = zip(vector, codes.codes).reduce(into: Float(0)) { $0 += $1.0 * Float($1.1) }
            return KeptMatch(answer: answer, similarity: Self.rounded(Double(dot * codes.scale)), basis: .cosine)
        }
        guard !words.isEmpty else { return nil }
        let other = Self.words(answer.key.foldedText)
        let common = words.intersection(other).count
        let share = Double(common) / Double(words.count + other.count - common)
        return KeptMatch(answer: answer, similarity: Self.rounded(share), basis: .lexical)
    }

    private static func isBefore(_ a: KeptMatch, _ b: KeptMatch) -> Bool {
        if a.basis != b.basis { return a.basis == .cosine }
        if a.similarity != b.similarity { return a.similarity > b.similarity }
        // Fingerprints are other ones in each installation: by the text first, so that equals come in one order everywhere.
        let (aKey, bKey) = (a.answer.fingerprint, b.answer.fingerprint)
        return (a.answer.key.foldedText, aKey.high, aKey.low) < (b.answer.key.foldedText, bKey.high, bKey.low)
    }

    private static func words(_ folded: String) -> Set<Substring> {
        Set(folded.split { !$0.isLetter && !$0.isNumber })
    }

    private static func rounded(_ similarity: Double) -> Double { (min(similarity, 1) * 10_000).rounded() / 10_000 }
}
