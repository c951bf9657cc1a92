import GRDB
import Knowledge

/// Reads the contents of one tenant's rows in one transaction.
struct TextReader {
    let texts: StoreTexts
    let tenant: String
    let db: Database

    func item(_ row: ItemRow) throws -> KnowledgeItem {
        KnowledgeItem(
            id: row.id, version: row.version,
            content: try content(row.stored, of: row.id.rawValue, version: row.version),
            createdAt: row.createdAt, updatedAt: row.updatedAt, quality: row.quality)
    }

    /// `nil` where `item` throws `ColdError.textRefused`: for work that goes on without it.
    func readable(_ row: ItemRow) throws -> KnowledgeItem? { try unlessRefused { try item(row) } }

    func readable(_ stored: StoredContent, of item: Int64, version: Int) throws -> ItemContent? {
        try unlessRefused { try content(stored, of: item, version: version) }
    }

    private func unlessRefused<Value>(_ body: () throws -> Value) throws -> Value? {
        do {
            return try body()
        } catch ColdError.textRefused {
            return nil
        }
    }

    /// Throws `ColdError.textRefused` when a text is damaged, does not open, or breaks the rules that it was written under.
    func content(_ stored: StoredContent, of item: Int64, version: Int) throws -> ItemContent {
        do {
            return try ItemContent(
                issue: text(stored.issue, of: item, version, .issue),
                resolution: text(stored.resolution, of: item, version, .resolution),
                category: StoredText.text(stored.category), tags: StoredText.tags(stored.tags))
        } catch let error as DatabaseError {
            throw error
        } catch {
            texts.refusals.add()
            throw ColdError.textRefused(item: ItemID(item), reason: "\(error)")
        }
    }

    private func text(
        _ value: DatabaseValue, of item: Int64, _ version: Int, _ field: TextPlace.Field
    ) throws -> String {
        try texts.find(value, at: TextPlace(tenant: tenant, item: item, version: version, field: field), in: db).text
    }
}

/// The columns that hold an item's content, as they are.
struct StoredContent {
    let category: DatabaseValue
    let tags: DatabaseValue
    let issue: DatabaseValue
    let resolution: DatabaseValue
}
