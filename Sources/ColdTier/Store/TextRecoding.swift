import Foundation
import GRDB
import Knowledge
import Sealing

/// Stores texts anew, some at a time: sealed by the current key, compressed by the tenant's dictionary.
///
/// What a step writes is worked out in a read transaction before; the write transaction replaces what is still of the same
/// version. What was written meanwhile has the new form already.
enum TextRecoding {
    /// Of fewer items a dictionary would take more than it saves.
    static let leastDictionaryItems = 1_000
    /// A tenant that has grown so many times since its dictionary was made gets another one for its new texts.
    static let dictionaryGrowth = 64
    /// Rows, and bytes of text, of one step: a write waits for no more.
    static let stepRows = 256
    static let stepByteCount = 512 << 10

    /// A row to be written anew.
    struct Change {
        let item: Int64
        let version: Int64
        let tenant: Int64
        let issue: DatabaseValue
        let resolution: DatabaseValue
        /// Of an item that is being sealed.
        var issueKey: Data?
        var words: [String]?
    }

    /// What one step found.
    struct Batch {
        var changes: [Change] = []
        /// Rows looked at.
        var count = 0
        var last: (item: Int64, version: Int64)?
        /// Dictionaries of texts that stay as they are.
        var dictionaries: Set<Int64> = []
        /// Rows left as they are because a text of theirs is refused.
        var refused = 0
    }

    /// - Parameter isSealing: words and issues get new forms too.
    static func items(after item: Int64, isSealing: Bool, texts: StoreTexts, in db: Database) throws -> Batch {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT \(ItemRow.columns) FROM item WHERE id > ? ORDER BY id LIMIT ?",
            arguments: [item, stepRows])
        var step = Step(texts: texts, names: try names(db), db: db)
        while !step.isFull, let row = try rows.next() {
            let row = ItemRow(row)
            let id = row.id.rawValue
            step.look(row.stored, item: id, version: Int64(row.version), tenant: row.tenant, isSealing: isSealing)
        }
        return step.batch
    }

    static func versions(
        after last: (item: Int64, version: Int64), texts: StoreTexts, in db: Database
    ) throws -> Batch {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT item, version, tenant, category, tags, issue, resolution FROM item_history
                WHERE (item, version) > (?, ?) ORDER BY item, version LIMIT ?
                """, arguments: [last.item, last.version, stepRows])
        var step = Step(texts: texts, names: try names(db), db: db)
        while !step.isFull, let row = try rows.next() {
            step.look(
                StoredContent(category: row[3], tags: row[4], issue: row[5], resolution: row[6]), item: row[0],
                version: row[1], tenant: row[2], isSealing: false)
        }
        return step.batch
    }

    private static func names(_ db: Database) throws -> [Int64: String] {
        Dictionary(uniqueKeysWithValues: try TenantRow.loadAll(in: db).map { ($0.ordinal, $0.name) })
    }

    /// Works out one batch.
    private struct Step {
        let texts: StoreTexts
        let names: [Int64: String]
        let db: Database
        var batch = Batch()
        private var byteCount = 0

        init(texts: StoreTexts, names: [Int64: String], db: Database) {
            self.texts = texts
            self.names = names
            self.db = db
        }

        var isFull: Bool { byteCount >= stepByteCount }

        mutating func look(
            _ stored: StoredContent, item: Int64, version: Int64, tenant: Int64, isSealing: Bool
        ) {
            batch.count += 1
            batch.last = (item, version)
            guard let name = names[tenant] else { return }
            do {
                let issue = try recoded(stored.issue, place(name, item, version, .issue))
                let resolution = try recoded(stored.resolution, place(name, item, version, .resolution))
                guard isSealing || issue.isNew || resolution.isNew else { return }
                var change = Change(
                    item: item, version: version, tenant: tenant, issue: issue.value, resolution: resolution.value)
                if isSealing {
                    let content = try ItemContent(
                        issue: issue.text, resolution: resolution.text, category: StoredText.text(stored.category),
                        tags: StoredText.tags(stored.tags))
                    let keys = texts.keys
                    change.issueKey = keys.identities.first?.key(content.issue, tenant: name)
                    change.words = keys.words.stored(content.lexicalTerms, tenant: name)
                }
                batch.changes.append(change)
            } catch {
                batch.refused += 1
            }
        }

        private func place(
            _ tenant: String, _ item: Int64, _ version: Int64, _ field: TextPlace.Field
        ) -> TextPlace {
            TextPlace(tenant: tenant, item: item, version: Int(version), field: field)
        }

        private mutating func recoded(
            _ value: DatabaseValue, _ place: TextPlace
        ) throws -> (text: String, value: DatabaseValue, isNew: Bool) {
            let found = try texts.find(value, at: place, in: db)
            byteCount += found.text.utf8.count
            let isSealedSo = found.sealedBy == texts.keys.sealer?.keyID
            let isCompressed = found.dictionary ?? 0 > 0 || texts.newestDictionary(of: place.tenant) == nil
            if isSealedSo, isCompressed, !found.isOld {
                if let dictionary = found.dictionary { batch.dictionaries.insert(dictionary) }
                return (found.text, value, false)
            }
            let envelope = texts.envelope(of: found.text, tenant: place.tenant, isQuick: false, in: db)
            // One that does not shrink is as it was.
            if isSealedSo, !found.isOld, found.dictionary == nil, envelope.first == TextEnvelope.Kind.raw.rawValue {
                return (found.text, value, false)
            }
            return (found.text, try texts.column(envelope, at: place), true)
        }
    }

    // MARK: Writing

    static func applyToItems(_ changes: [Change], in db: Database) throws {
        let update = try db.cachedStatement(
            sql: """
                UPDATE item SET issue = ?, resolution = ?, issue_key = coalesce(?, issue_key)
                WHERE id = ? AND version = ?
                """)
        for change in changes {
            try update.execute(
                arguments: [change.issue, change.resolution, change.issueKey, change.item, change.version])
            guard db.changesCount == 1, let words = change.words else { continue }
            try LexicalIndex.delete(item: change.item, in: db)
            try LexicalIndex.insert(words, item: change.item, tenant: change.tenant, in: db)
        }
    }

    static func applyToVersions(_ changes: [Change], in db: Database) throws {
        let update = try db.cachedStatement(
            sql: "UPDATE item_history SET issue = ?, resolution = ? WHERE item = ? AND version = ?")
        for change in changes {
            try update.execute(arguments: [change.issue, change.resolution, change.item, change.version])
        }
    }

    /// Gives some of a tenant's frozen frequencies the form that its words have now. False when there are no more.
    static func sealFrequencies(of tenant: Int64, name: String, words: WordForms, in db: Database) throws -> Bool {
        // On either side of those that are done, so that each step begins where there is something to do.
        let plain = try ["term < '\(WordForms.mark)'", "term >= '\(WordForms.pastMark)'"].flatMap { range in
            try Row.fetchAll(
                db, sql: "SELECT term, items FROM term_frequency WHERE tenant = ? AND \(range) LIMIT ?",
                arguments: [tenant, stepRows])
        }
        let terms: [String] = plain.map { $0[0] }
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO term_frequency(tenant, term, items) VALUES (?, ?, ?)
                ON CONFLICT(tenant, term) DO UPDATE SET items = items + excluded.items
                """)
        let delete = try db.cachedStatement(sql: "DELETE FROM term_frequency WHERE tenant = ? AND term = ?")
        for (row, form) in zip(plain, words.stored(terms, tenant: name)) {
            try delete.execute(arguments: [tenant, row[0] as String])
            try insert.execute(arguments: [tenant, form, row[1] as Int])
        }
        return !plain.isEmpty
    }

    /// Dictionaries looked at in one step.
    private static let stepDictionaries = 16

    /// Seals some dictionaries anew, and deletes those that no text needs. Returns the last; `nil` when there are no more.
    static func recodeDictionaries(
        after last: Int64, needed: Set<Int64>, texts: StoreTexts, in db: Database
    ) throws -> Int64? {
        let keys = texts.keys
        let names = try names(db)
        let rows = try Row.fetchAll(
            db, sql: "SELECT id, tenant FROM text_dictionary WHERE id > ? ORDER BY id LIMIT ?",
            arguments: [last, stepDictionaries])
        for row in rows {
            let (id, tenant): (Int64, Int64) = (row[0], row[1])
            guard let name = names[tenant] else { continue }
            if !needed.contains(id), texts.newestDictionary(of: name) != id {
                try db.execute(sql: "DELETE FROM text_dictionary WHERE id = ?", arguments: [id])
            } else if keys.sealer != nil {
                do {
                    let content = try DictionaryRow.load(id, tenant: name, keys: keys, in: db)
                    try DictionaryRow.save(content, id: id, tenant: name, keys: keys, in: db)
                } catch is TextError {
                    // Damaged: it opens nothing any more, whatever it is sealed by.
                }
            }
        }
        return rows.last.map { $0[0] }
    }

    // MARK: Training

    /// Bytes of texts that a dictionary is made of: 16 times its own.
    private static let sampleByteCount = 1 << 20
    /// Items they are taken from, evenly spread.
    private static let sampleItems = 4_096
    /// Of one text, so that no single one fills the sample.
    private static let sampleTextByteCount = 8 << 10

    /// Texts of a tenant, the same for the same state of the store.
    static func sample(of tenant: Int64, name: String, items: Int, texts: StoreTexts, in db: Database) throws
        -> [[UInt8]]
    {
        let stride = max(1, items / sampleItems)
        var ids: [Int64] = []
        let cursor = try Int64.fetchCursor(
            db, sql: "SELECT id FROM item INDEXED BY item_tenant WHERE tenant = ? ORDER BY id", arguments: [tenant])
        var place = 0
        while let id = try cursor.next() {
            if place % stride == 0 { ids.append(id) }
            place += 1
        }
        let reader = TextReader(texts: texts, tenant: name, db: db)
        // From both ends and the middle alike, should the bytes not suffice for all.
        let spread = max(1, ids.count / 64)
        var sample: [[UInt8]] = []
        var byteCount = 0
        for start in 0..<spread {
            for index in Swift.stride(from: start, to: ids.count, by: spread) {
                guard byteCount < sampleByteCount else { return sample }
                guard let row = try ItemRow.load(id: ids[index], tenant: tenant, in: db),
                    let content = try reader.readable(row)?.content
                else { continue }
                for text in [content.issue, content.resolution] {
                    let bytes = Array(text.utf8.prefix(sampleTextByteCount))
                    sample.append(bytes)
                    byteCount += bytes.count
                }
            }
        }
        return sample
    }
}
