public import Knowledge

/// An item found by its vector.
public struct VectorMatch: Sendable, Hashable {
    public let id: ItemID
    /// Cosine of question and item, −1…1, rounded to 4 decimals.
    public let similarity: Double

    public init(id: ItemID, similarity: Double) {
        self.id = id
        self.similarity = similarity
    }
}
