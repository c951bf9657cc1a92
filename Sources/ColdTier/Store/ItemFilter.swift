import GRDB
import Knowledge

/// The items of a tenant that category and tags leave, as SQL conditions on `item`.
struct ItemFilter {
    private(set) var conditions: [String]
    private(set) var arguments: [DatabaseValue]

    init(tenant: Int64, category: String?, tags: [String]) {
        conditions = ["item.tenant = ?"]
        arguments = [tenant.databaseValue]
        if let category {
            conditions.append("item.category = ?")
            arguments.append(StoredText.value(category))
        }
        for tag in tags {
            conditions.append("item.id IN (SELECT item FROM item_tag WHERE tenant = ? AND tag = ?)")
            arguments += [tenant.databaseValue, StoredText.value(tag)]
        }
    }

    var sql: String { conditions.joined(separator: " AND ") }

    static func items(of search: ColdSearch, tenant: Int64, in db: Database) throws -> [ItemID] {
        let filter = ItemFilter(tenant: tenant, category: search.category, tags: search.tags)
        let statement = try db.cachedStatement(sql: "SELECT id FROM item WHERE \(filter.sql)")
        let ids = try Int64.fetchAll(statement, arguments: StatementArguments(filter.arguments))
        return ids.map { ItemID($0) }
    }
}
