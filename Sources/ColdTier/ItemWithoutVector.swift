public import Knowledge

/// An item that waits to be embedded.
public struct ItemWithoutVector: Sendable, Hashable {
    public let tenant: Tenant
    public let item: KnowledgeItem
}
