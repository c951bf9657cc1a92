/// What a store's database says of itself.
public struct StoreFacts: Sendable, Hashable, Codable {
    /// The store's UUID.
    public let storeID: String
    /// The last change that it has.
    public let changeNumber: Int64
    public let schema: Int
    public let items: Int
    public let tenants: Int

    public init(storeID: String, changeNumber: Int64, schema: Int, items: Int, tenants: Int) {
        self.storeID = storeID
        self.changeNumber = changeNumber
        self.schema = schema
        self.items = items
        self.tenants = tenants
    }
}
