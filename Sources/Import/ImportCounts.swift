/// What became of the records of an import.
public struct ImportCounts: Sendable, Hashable, Codable {
    public var created = 0
    public var replaced = 0
    /// The store held the same content already.
    public var unchanged = 0
    public var rejected = 0

    public init(created: Int = 0, replaced: Int = 0, unchanged: Int = 0, rejected: Int = 0) {
        self.created = created
        self.replaced = replaced
        self.unchanged = unchanged
        self.rejected = rejected
    }

    public var total: Int { created + replaced + unchanged + rejected }

    mutating func add(_ batch: BatchReceipt) {
        created += batch.created
        replaced += batch.replaced
        unchanged += batch.unchanged
    }
}

/// What the receiver of a batch acknowledged: these items are durable.
public struct BatchReceipt: Sendable, Hashable {
    public var created = 0
    public var replaced = 0
    public var unchanged = 0
    /// Items that it did not take, by their position in the batch.
    public var refused: [Int: String] = [:]

    public init(created: Int = 0, replaced: Int = 0, unchanged: Int = 0, refused: [Int: String] = [:]) {
        self.created = created
        self.replaced = replaced
        self.unchanged = unchanged
        self.refused = refused
    }
}
