public import Knowledge

/// A replaced version of an item.
public struct ItemVersion: Sendable, Hashable {
    public let version: Int
    public let content: ItemContent
    public let updatedAt: Timestamp
}
