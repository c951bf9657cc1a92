/// How much of what matters two texts may differ in, by how near their vectors are.
///
/// Below the first step every word must be found on the other side. Only questions are forgiven related and
/// common words: a report of a trouble is told by every word of it.
struct ContentDemand {
    /// The least cosine of the step.
    let cosine: Float
    /// Pairs of words of one family or of neighbouring meaning.
    let related: Int
    /// Common words on one side only.
    let common: Int
    /// Words that no list knows and that are no names, on one side only.
    let other: Int

    static let steps = [
        ContentDemand(cosine: 0.97, related: 3, common: 4, other: 0),
        ContentDemand(cosine: 0.96, related: 3, common: 3, other: 0),
        ContentDemand(cosine: 0.93, related: 3, common: 3, other: 0),
        ContentDemand(cosine: 0.90, related: 2, common: 2, other: 0),
    ]
    /// From here on a common word may even stand for another.
    static let replacing: Float = 0.96
    /// Words that matter on both sides, for others to be forgiven.
    static let minimumShared = 2
    /// As many, for words that no list knows.
    static let minimumSharedWithOther = 3
    /// Shorter ones are abbreviations, which are names.
    static let minimumOtherLetters = 4

    static func isMet(
        by difference: TermDifference, _ a: GuardedText, _ b: GuardedText, cosine: Float, lexicon: GuardLexicon
    ) -> Bool {
        var rest = difference
        rest.dropSpellings()
        if rest.isEmpty { return true }
        guard !rest.isTooMuch, rest.shared >= minimumShared, let step = steps.first(where: { cosine >= $0.cosine })
        else { return false }
        if a.asks, b.asks { guard rest.dropRelated() <= step.related else { return false } }
        if rest.isEmpty { return true }
        if rest.replaced > 0, cosine < replacing { return false }
        let words = rest.onlyFirst + rest.onlySecond
        let others = a.asks && b.asks ? words.filter { !isCommon($0, lexicon) } : words
        guard words.count - others.count <= step.common else { return false }
        if others.isEmpty { return rest.replaced <= 1 }
        return rest.replaced == 0 && others.count <= step.other && rest.shared >= minimumSharedWithOther
            && others.allSatisfy { isUnknown($0, lexicon) && !a.names.contains($0) && !b.names.contains($0) }
    }

    private static func isCommon(_ word: String, _ lexicon: GuardLexicon) -> Bool {
        lexicon.entry(word).map { $0.categories.contains(.common) && $0.categories.isDisjoint(with: .naming) } ?? false
    }

    /// Neither in a list nor an abbreviation.
    private static func isUnknown(_ word: String, _ lexicon: GuardLexicon) -> Bool {
        let isListed = lexicon.entry(word).map { !$0.opposites.isEmpty || !$0.categories.isSubset(of: .common) } ?? false
        return !isListed && word.utf8.count >= minimumOtherLetters
            && word.utf8.allSatisfy { (0x61...0x7A).contains($0) }
    }
}
