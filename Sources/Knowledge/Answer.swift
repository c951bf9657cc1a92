import Synchronization

/// The tiers by their names in replies, from the surface down.
public enum Tier: String, Sendable, Hashable, CaseIterable {
    case hot = "hot_memory"
    case warm = "warm_cache"
    case cold = "cold_storage"
}

/// What a result's similarity rests on.
public enum ScoreBasis: String, Sendable, Hashable, Codable {
    /// Cosine of question and item.
    case cosine
    /// Only words: there was no vector on one side, and the similarity is 0.
    case lexical
}

/// One item of an answer with its scores.
public struct RankedItem: Sendable, Hashable {
    public let item: KnowledgeItem
    /// Cosine of question and item, −1…1, rounded to 4 decimals.
    public let similarity: Double
    /// What the list is ordered by (descending, then by id), rounded to 6 decimals: the similarity
    /// in a vector search, the BM25 score in a lexical one, the reciprocal-rank sum in a hybrid one; each with the share
    /// that the item's quality has in it (`ItemQuality.rankingShare`).
    public let score: Double
    public let basis: ScoreBasis

    public init(item: KnowledgeItem, similarity: Double, score: Double, basis: ScoreBasis) {
        self.item = item
        self.similarity = similarity
        self.score = score
        self.basis = basis
    }
}

/// The ranked resolutions that one question got, encoded once, as hot and warm keep it.
///
/// Immutable but for `validThrough`, and a class so that a hit copies one pointer.
public final class Answer: Sendable {
    public let tenant: Tenant
    public let fingerprint: Fingerprint
    public let key: QuestionKey
    /// The state of the knowledge it was computed from.
    public let changeNumber: ChangeNumber
    public let computedAt: Timestamp
    /// Fixed when computed; the same in every tier it passes through.
    public let expiresAt: Timestamp
    /// 0…1, see `AnswerQuality`; 0 when there is no result.
    public let quality: Double
    public let resultCount: Int
    /// Items that the search looked at.
    public let itemsSearched: Int
    /// Members of the reply's JSON object that do not vary from asker to asker, without braces.
    public let fragment: [UInt8]
    /// What it depends on; `nil` when that is not known, and any change may have altered it.
    public let footprint: Footprint?
    /// The quality of the first result is below 0.
    public let isVotedUnhelpful: Bool
    private let lastValid: Atomic<Int64>

    /// - Parameter validThrough: the last state of the knowledge that it is known to be right for; `nil` stands for
    ///   `changeNumber`.
    public init(
        tenant: Tenant, fingerprint: Fingerprint, key: QuestionKey, changeNumber: ChangeNumber, computedAt: Timestamp,
        expiresAt: Timestamp, quality: Double, resultCount: Int, itemsSearched: Int, fragment: [UInt8],
        footprint: Footprint? = nil, validThrough: ChangeNumber? = nil, isVotedUnhelpful: Bool = false
    ) {
        self.tenant = tenant
        self.fingerprint = fingerprint
        self.key = key
        self.changeNumber = changeNumber
        self.computedAt = computedAt
        self.expiresAt = expiresAt
        self.quality = quality
        self.resultCount = resultCount
        self.itemsSearched = itemsSearched
        self.fragment = fragment
        self.footprint = footprint
        self.isVotedUnhelpful = isVotedUnhelpful
        lastValid = Atomic((validThrough ?? changeNumber).rawValue)
    }

    /// The last state of the knowledge that it is known to be right for. Any thread.
    public var validThrough: ChangeNumber { ChangeNumber(lastValid.load(ordering: .relaxed)) }

    /// Notes that it is still right at a later state; an earlier one than known changes nothing. Any thread.
    public func extendValidity(through changeNumber: ChangeNumber) {
        lastValid.max(changeNumber.rawValue, ordering: .relaxed)
    }

    /// Approximate heap bytes that keeping this answer costs.
    public var byteCount: Int {
        key.bytes.count + fragment.count + (footprint?.byteCount ?? 0) + Self.fixedByteCount
    }
    /// The object, its two array headers and the slot that refers to it, rounded up.
    private static let fixedByteCount = 320
}
