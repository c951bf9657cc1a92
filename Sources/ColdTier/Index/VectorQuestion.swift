/// What a search asks of an index snapshot.
public struct VectorQuestion: Sendable {
    /// Of the index's dimension, of unit length or zero.
    public var vector: [Float]
    /// Places in the list.
    public var k: Int
    /// Results are strictly above it, by their rounded similarity; `nil` for no bound.
    public var minimumSimilarity: Double?
    /// Only these items, when given. Few of them are searched without a scan.
    public var allowed: ItemSelection?

    public init(_ vector: [Float], k: Int, minimumSimilarity: Double? = nil, allowed: ItemSelection? = nil) {
        self.vector = vector
        self.k = k
        self.minimumSimilarity = minimumSimilarity
        self.allowed = allowed
    }
}
