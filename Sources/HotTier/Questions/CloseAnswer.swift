public import Knowledge

/// A kept answer whose question is close to another.
public struct CloseAnswer: Sendable {
    public let answer: Answer
    /// The least that the cosine of the two questions can be; at most 0.02 below what it is.
    ///
    /// Of the kept question only int8 codes are known: kept v ≈ v̂, so q·v ≥ q·v̂ − ‖q‖‖v − v̂‖. That norm is about 0.007
    /// for text embeddings of 384 dimensions.
    public let similarity: Double
}

extension CloseAnswer {
    /// Both vectors are of unit length within 0.1 %, as the encoder's identity promises.
    private static let maximumLength: Float = 1.001

    /// - Parameter list: the answer's own.
    init(_ answer: Answer, _ list: Footprint.VectorList, question: [Float]) {
        var sum: Float = 0
        for (component, code) in zip(question, list.codes) { sum += component * Float(code) }
        // What adding that many floats may lose.
        let rounding = Float(question.count) * 0x1p-23
        let least = list.scale * sum - Self.maximumLength * list.residualNorm - rounding
        self.init(answer: answer, similarity: Double(min(max(least, -1), 1)))
    }
}
