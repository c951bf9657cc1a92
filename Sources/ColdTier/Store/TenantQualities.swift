import GRDB
import Knowledge

/// The qualities of a tenant's items as one read transaction sees them.
///
/// Read of indices that hold only the items that have one, so they cost nothing where nobody votes.
struct TenantQualities {
    /// No item has one: there is nothing to weigh.
    let isEmpty: Bool
    /// The highest, at least 0: what an item not looked at may have.
    let highest: Double
    private let db: Database

    init(of tenant: Int64, in db: Database) throws {
        self.db = db
        let statement = try db.cachedStatement(
            sql: """
                SELECT quality FROM item INDEXED BY item_quality WHERE tenant = ? AND quality <> 0
                ORDER BY quality DESC LIMIT 1
                """)
        let found = try Double.fetchOne(statement, arguments: [tenant])
        isEmpty = found == nil
        highest = max(found ?? 0, 0)
    }

    func quality(of item: Int64) throws -> Double {
        guard !isEmpty else { return 0 }
        let statement = try db.cachedStatement(
            sql: "SELECT quality FROM item INDEXED BY item_voted WHERE id = ? AND quality <> 0")
        return try Double.fetchOne(statement, arguments: [item]) ?? 0
    }
}
