import GRDB
import Knowledge

/// The replaced versions of items: the last `Schema.keptVersions` of each.
enum ItemHistory {
    /// Keeps an item's content as it is about to be replaced, and lets the oldest of its versions go.
    static func keep(_ old: ItemRow, in db: Database) throws {
        let content = old.item.content
        try db.cachedStatement(
            sql: """
                INSERT INTO item_history(tenant, item, version, updated, category, tags, issue, resolution)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: StatementArguments([
                old.tenant.databaseValue, old.item.id.rawValue.databaseValue, old.item.version.databaseValue,
                old.item.updatedAt.milliseconds.databaseValue, StoredText.value(content.category),
                StoredText.joined(content.tags), StoredText.value(content.issue),
                StoredText.value(content.resolution),
            ]))
        try db.cachedStatement(sql: "DELETE FROM item_history WHERE item = ? AND version <= ?")
            .execute(arguments: [old.item.id.rawValue, old.item.version - Schema.keptVersions])
    }
}
