import Foundation
import GRDB
import Knowledge

/// An item as its row holds it, its content still as stored: `TextReader` reads that.
struct ItemRow {
    let id: ItemID
    let tenant: Int64
    let vectorSequence: Int64
    let lexicalLength: Int
    let version: Int
    let createdAt: Timestamp
    let updatedAt: Timestamp
    let quality: Double
    let stored: StoredContent

    static let columns =
        """
        id, tenant, vector_seq, lexical_length, version, created, updated, category, tags, issue, resolution, quality
        """

    init(_ row: Row) {
        id = ItemID(row[0])
        tenant = row[1]
        vectorSequence = row[2]
        lexicalLength = row[3]
        version = row[4]
        createdAt = Timestamp(milliseconds: row[5])
        updatedAt = Timestamp(milliseconds: row[6])
        stored = StoredContent(category: row[7], tags: row[8], issue: row[9], resolution: row[10])
        quality = row[11]
    }

    static func load(id: Int64, tenant: Int64, in db: Database) throws -> ItemRow? {
        let statement = try db.cachedStatement(
            sql: "SELECT \(columns) FROM item WHERE id = ? AND tenant = ?")
        return try Row.fetchOne(statement, arguments: [id, tenant]).map(ItemRow.init)
    }

    /// - Parameter keys: of one issue; see `IssueIdentity`.
    static func load(issueKeys keys: [Data], tenant: Int64, in db: Database) throws -> ItemRow? {
        let statement = try db.cachedStatement(
            sql: "SELECT \(columns) FROM item WHERE tenant = ? AND issue_key = ?")
        for key in keys {
            if let row = try Row.fetchOne(statement, arguments: [tenant, key]) { return ItemRow(row) }
        }
        return nil
    }
}
