/// How much of what matters two questions may differ in, by how near their vectors are.
///
/// Below the first step every word must be found on the other side. Only questions are forgiven related and
/// common words: a report of a trouble is told by every word of it. Chosen on labelled pairs of questions;
/// docs/semantic-hits.md has the figures.
struct ContentDemand {
    /// The least cosine of the step.
    let cosine: Float
    /// Pairs of words of one family or of neighbouring meaning.
    let related: Int
    /// Common words left over.
    let common: Int

    static let steps = [
        ContentDemand(cosine: 0.97, related: 3, common: 4),
        ContentDemand(cosine: 0.93, related: 3, common: 3),
        ContentDemand(cosine: 0.90, related: 2, common: 2),
    ]
    /// From here on one common word may stand for another.
    static let replacingCosine: Float = 0.96
    /// Words that matter on both sides, for others to be forgiven.
    static let minimumShared = 2

    static func isMet(
        by difference: TermDifference, _ a: GuardedText, _ b: GuardedText, cosine: Float, lexicon: GuardLexicon
    ) -> Bool {
        var rest = difference
        rest.dropSpellings()
        if rest.isEmpty { return true }
        guard a.asks, b.asks, !rest.isTooMuch, rest.shared >= minimumShared,
            let step = steps.first(where: { cosine >= $0.cosine })
        else { return false }
        guard rest.dropRelated() <= step.related else { return false }
        if rest.replaced > 0, cosine < replacingCosine || rest.replaced > 1 { return false }
        let words = rest.onlyFirst + rest.onlySecond
        return words.count <= step.common
            && words.allSatisfy { lexicon.isCommon($0) && !a.names.contains($0) && !b.names.contains($0) }
    }
}
