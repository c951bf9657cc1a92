import Knowledge

/// A similarity as replies show it: in ten-thousandths, −10,000…10,000.
///
/// Results are ordered and bounded by this number, never by the float it was rounded from, so that the order
/// of a reply agrees with the scores printed in it. Rounding never decreases where the float increases.
struct SimilarityRank: Comparable {
    let tenThousandths: Int32

    /// - Parameter dot: dot product of two unit vectors (finite); what rounding puts beyond ±1 is clamped.
    init(dot: Float) {
        tenThousandths = Int32((min(max(Double(dot), -1), 1) * 10_000).rounded())
    }

    /// - Parameter similarity: one that was rounded so.
    init(similarity: Double) {
        tenThousandths = Int32((similarity * 10_000).rounded())
    }

    var similarity: Double { Double(tenThousandths) / 10_000 }

    /// What an item of this similarity ranks by: with the share of its quality, in ten-thousandths too.
    ///
    /// A sum of whole numbers, so that a search and a check of its answer come to the same number.
    func score(quality: Double) -> Double {
        Double(tenThousandths + Int32((ItemQuality.rankingShare * quality * 10_000).rounded())) / 10_000
    }

    static func < (a: SimilarityRank, b: SimilarityRank) -> Bool { a.tenThousandths < b.tenThousandths }
}
