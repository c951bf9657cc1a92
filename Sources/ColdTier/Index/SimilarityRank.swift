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

    var similarity: Double { Double(tenThousandths) / 10_000 }

    static func < (a: SimilarityRank, b: SimilarityRank) -> Bool { a.tenThousandths < b.tenThousandths }
}
