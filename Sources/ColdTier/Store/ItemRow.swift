import GRDB
import Knowledge

/// An item as its row holds it.
struct ItemRow {
    let item: KnowledgeItem
    let tenant: Int64
    let vectorSequence: Int64
    let lexicalLength: Int

    static let columns =
        """
        id, tenant, vector_seq, lexical_length, version, created, updated, category, tags, issue, resolution, quality
        """

    /// Throws when the row breaks the rules that its content was written under, as only damage can make it.
    init(_ row: Row) throws {
        let content: ItemContent
        do {
            content = try ItemContent(
                issue: StoredText.text(row[9]), resolution: StoredText.text(row[10]),
                category: StoredText.text(row[7]), tags: StoredText.tags(row[8]))
        } catch {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "item \(row[0] as Int64): \(error)")
        }
        item = KnowledgeItem(
            id: ItemID(row[0]), version: row[4], content: content, createdAt: Timestamp(milliseconds: row[5]),
            updatedAt: Timestamp(milliseconds: row[6]), quality: row[11])
        tenant = row[1]
        vectorSequence = row[2]
        lexicalLength = row[3]
    }

    static func load(id: Int64, tenant: Int64, in db: Database) throws -> ItemRow? {
        let statement = try db.cachedStatement(
            sql: "SELECT \(columns) FROM item WHERE id = ? AND tenant = ?")
        return try Row.fetchOne(statement, arguments: [id, tenant]).map(ItemRow.init)
    }

    static func load(issue: String, tenant: Int64, in db: Database) throws -> ItemRow? {
        let statement = try db.cachedStatement(
            sql: "SELECT \(columns) FROM item WHERE tenant = ? AND issue = ?")
        return try Row.fetchOne(statement, arguments: [tenant, StoredText.value(issue)]).map(ItemRow.init)
    }
}
