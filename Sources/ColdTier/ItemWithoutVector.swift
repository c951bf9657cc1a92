public import Knowledge

/// An item that waits to be embedded, as it was when it was read.
public struct ItemWithoutVector: Sendable, Hashable {
    public let id: ItemID
    public let version: Int
    public let tenant: Tenant
    public let content: ItemContent
}
