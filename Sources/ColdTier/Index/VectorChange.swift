public import Knowledge

/// One change of a tenant's vectors.
public enum VectorChange: Sendable {
    /// Adds an item's vector or replaces it; `at` is the number of the change that wrote it.
    case put(ItemID, vector: [Float], at: ChangeNumber)
    /// Takes an item's vector out; nothing happens if it has none.
    case remove(ItemID)
    /// Takes the vector out that this change wrote, because it is damaged; nothing happens if the item has another.
    case lose(ItemID, ChangeNumber)
}
