import CScan
public import Knowledge

extension HotTier {
    /// The kept answers whose questions are closest to another one, the closest first; empty when the tier does not keep
    /// questions for this.
    ///
    /// Whether an answer may still be served, only `get` tells, which then counts as its use.
    ///
    /// - Parameters:
    ///   - vector: the question's, of unit length.
    ///   - scope: of the question's key; answers of another are never found.
    ///   - own: the question's fingerprint; its own answer is not among them.
    public func nearest(
        to vector: [Float], scope: [UInt8], excluding own: Fingerprint, limit: Int
    ) -> [CloseAnswer] {
        guard let questions else { return [] }
        var codes = [Int8](repeating: 0, count: vector.count)
        _ = scan_quantize_f32(vector, vector.count, &codes)
        return questions.nearest(to: codes, scope: scope, limit: limit, excluding: own)
            .compactMap { answer in
                QuestionTable.list(of: answer).map { CloseAnswer(answer, $0, question: vector) }
            }
            .sorted { $0.similarity > $1.similarity }
    }
}
