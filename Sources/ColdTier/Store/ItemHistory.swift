import GRDB
import Knowledge

/// The replaced versions of items: the last `Schema.keptVersions` of each.
enum ItemHistory {
    /// Keeps an item's content, as it is stored, when it is about to be replaced; lets the oldest of its versions go.
    static func keep(_ old: ItemRow, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO item_history(tenant, item, version, updated, category, tags, issue, resolution)
                SELECT tenant, id, version, updated, category, tags, issue, resolution FROM item WHERE id = ?
                """
        ).execute(arguments: [old.id.rawValue])
        try db.cachedStatement(sql: "DELETE FROM item_history WHERE item = ? AND version <= ?")
            .execute(arguments: [old.id.rawValue, old.version - Schema.keptVersions])
    }
}
