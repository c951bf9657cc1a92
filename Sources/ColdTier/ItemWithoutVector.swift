import GRDB
public import Knowledge

/// An item that waits to be embedded, as it was when it was read.
public struct ItemWithoutVector: Sendable, Hashable {
    public let id: ItemID
    public let version: Int
    public let tenant: Tenant
    public let content: ItemContent
}

extension ItemWithoutVector {
    /// Items whose text is refused are left out: nothing can be embedded of them.
    static func load(
        _ found: [(id: Int64, tenant: Int64)], texts: StoreTexts, in db: Database
    ) throws -> [ItemWithoutVector] {
        guard !found.isEmpty else { return [] }
        let names = Dictionary(uniqueKeysWithValues: try TenantRow.loadAll(in: db).map { ($0.ordinal, $0.name) })
        return try found.compactMap { id, tenant in
            guard let name = names[tenant].flatMap({ Tenant($0) }),
                let row = try ItemRow.load(id: id, tenant: tenant, in: db),
                let item = try TextReader(texts: texts, tenant: name.name, db: db).readable(row)
            else { return nil }
            return ItemWithoutVector(id: item.id, version: item.version, tenant: name, content: item.content)
        }
    }
}
