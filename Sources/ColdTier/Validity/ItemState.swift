import Knowledge

/// An item as one change left it, with what decides in which lists it can be.
struct ItemState {
    /// What of a present item filters and lists look at.
    struct Content {
        let category: UInt64
        let tags: [UInt64]
        let quality: Double
        /// Different terms, ascending; the lowest bits are one less than the term's frequency. `nil` when there are more
        /// than `maximumTerms`: such an item could match any word.
        let terms: [UInt64]?
        /// In terms, repetitions counted.
        let lexicalLength: Int
        let vector: [Float]?
    }

    /// Different terms remembered of one change: 2 KB. An issue with a resolution of 200 words has about 150.
    static let maximumTerms = 256

    let id: Int64
    /// `nil` once it is deleted.
    let content: Content?
}

extension ItemState.Content {
    /// - Parameter terms: all of the item's, as they are stored.
    init(_ content: ItemContent, quality: Double, terms: [String], vector: [Float]?) {
        category = Footprint.hash(content.category)
        tags = content.tags.map { Footprint.hash($0) }
        self.quality = quality
        self.terms = Self.packed(terms)
        lexicalLength = terms.count
        self.vector = vector
    }

    private static func packed(_ terms: [String]) -> [UInt64]? {
        var frequencies: [UInt64: UInt64] = [:]
        for term in terms {
            frequencies[Footprint.hash(term), default: 0] += 1
            guard frequencies.count <= ItemState.maximumTerms else { return nil }
        }
        // Two terms of one hash may come to more than the bits hold; then the most they can count for each.
        return frequencies.map { $0 | min($1 - 1, Footprint.freeHashBits) }.sorted()
    }
}
