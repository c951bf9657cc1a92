public import Knowledge

extension Footprint {
    /// Of an answer that vectors ranked, to a question of this vector.
    public static func sample(question vector: [Float], words: WordList? = nil) -> Footprint {
        let scale = (vector.map(abs).max() ?? 0) / 127
        let codes = vector.map { scale == 0 ? 0 : Int8(($0 / scale).rounded()) }
        let residual = zip(vector, codes).reduce(0.0) { sum, pair in
            let error = Double(pair.0) - Double(scale) * Double(pair.1)
            return sum + error * error
        }
        return Footprint(
            category: nil, tags: [], candidates: [ItemID(1)],
            vector: VectorList(
                codes: codes, scale: scale, residualNorm: Float(residual.squareRoot()) * 1.0001, minimumSimilarity: 0.3,
                entryScore: 0.3),
            words: words)
    }
}
