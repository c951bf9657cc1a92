/// What an answer depends on: enough to tell from a changed item alone whether the change could alter the answer.
///
/// An answer is made of its candidates, and of the fact that no other item came close enough. So it stands as long as
/// no candidate is touched, and no other item that passes the filters reaches the *entry score* of one of the lists it
/// was made of: the score of the last in a full list, else what the question asks for at least. Where the quality of
/// items has a share in the order of a list, it has the same in what reaches its entry score.
///
/// Texts are kept as hashes that are the same in every process: two texts that share one make a check more careful,
/// never less.
public struct Footprint: Sendable, Hashable {
    /// Hash of the category that was asked for; `nil` when any would do.
    public let category: UInt64?
    /// Hashes of the tags that an item must have.
    public let tags: [UInt64]
    /// The items that the answer was made of, ascending; in a hybrid search all of both lists.
    public let candidates: [ItemID]
    /// The list by vectors, if there was one.
    public let vector: VectorList?
    /// The list by words, if there was one.
    public let words: WordList?

    /// The question's vector in int8 codes, and how similar an item must be to matter.
    public struct VectorList: Sendable, Hashable {
        /// question ≈ scale · codes.
        public let codes: [Int8]
        public let scale: Float
        /// At least ‖question − scale · codes‖.
        public let residualNorm: Float
        /// What an item's similarity must reach whatever its quality, rounded as the search compares it: what the question asks
        /// for, or the last place of a full list that is ordered by similarity alone. One that equals it counts as reaching.
        public let minimumSimilarity: Double
        /// What similarity and quality must reach together: the last place of a full list ordered by both, else −∞.
        public let entryScore: Double

        public init(
            codes: [Int8], scale: Float, residualNorm: Float, minimumSimilarity: Double, entryScore: Double
        ) {
            self.codes = codes
            self.scale = scale
            self.residualNorm = residualNorm
            self.minimumSimilarity = minimumSimilarity
            self.entryScore = entryScore
        }
    }

    /// The question's words with the statistics that weighed them, frozen until the tenant's epoch turns.
    public struct WordList: Sendable, Hashable {
        /// Ascending by hash.
        public let terms: [Term]
        /// Average length of the tenant's items, in terms.
        public let averageLength: Double
        /// A BM25 score; 0 when the list was short, so that any shared word reaches it.
        public let entryScore: Double
        /// Postings that the terms' lists may grow by before the search would no longer read them to their end; 0 when it did
        /// not even now.
        public let postingRoom: Int

        public init(terms: [Term], averageLength: Double, entryScore: Double, postingRoom: Int) {
            self.terms = terms
            self.averageLength = averageLength
            self.entryScore = entryScore
            self.postingRoom = postingRoom
        }
    }

    public struct Term: Sendable, Hashable {
        public let hash: UInt64
        public let inverseFrequency: Double

        public init(hash: UInt64, inverseFrequency: Double) {
            self.hash = hash
            self.inverseFrequency = inverseFrequency
        }
    }

    public init(
        category: UInt64?, tags: [UInt64], candidates: [ItemID], vector: VectorList?, words: WordList?
    ) {
        self.category = category
        self.tags = tags
        self.candidates = candidates
        self.vector = vector
        self.words = words
    }

    /// The lowest bits of every hash are 0, so that a number up to 7 can be kept in them.
    public static let freeHashBits: UInt64 = 7

    /// The same for the same bytes of UTF-8, in every process: FNV-1a, its bits mixed once more (MurmurHash3's finaliser).
    public static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return (hash ^ (hash >> 33)) & ~freeHashBits
    }

    /// Approximate heap bytes.
    public var byteCount: Int {
        128 + 8 * (tags.count + candidates.count) + (vector?.codes.count ?? 0) + 16 * (words?.terms.count ?? 0)
    }
}
