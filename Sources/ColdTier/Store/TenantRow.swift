import GRDB

/// A tenant as the store numbers it, with the statistics that rank its words.
struct TenantRow: Equatable {
    let ordinal: Int64
    let name: String
    /// Items and stored terms now.
    var items: Int
    var terms: Int
    /// The frozen statistics: see `LexicalIndex`.
    var epoch: Int
    var epochItems: Int
    var epochTerms: Int
    var changesSinceEpoch: Int
    private var isChanged = false

    private static let columns =
        "ordinal, name, items, terms, epoch, epoch_items, epoch_terms, changes_since_epoch"

    private init(_ row: Row) {
        ordinal = row[0]
        name = row[1]
        items = row[2]
        terms = row[3]
        epoch = row[4]
        epochItems = row[5]
        epochTerms = row[6]
        changesSinceEpoch = row[7]
    }

    static func load(_ name: String, in db: Database) throws -> TenantRow? {
        let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM tenant WHERE name = ?")
        return try Row.fetchOne(statement, arguments: [name]).map(TenantRow.init)
    }

    static func loadAll(in db: Database) throws -> [TenantRow] {
        try Row.fetchAll(db, sql: "SELECT \(columns) FROM tenant ORDER BY ordinal").map(TenantRow.init)
    }

    static func loadOrInsert(_ name: String, in db: Database) throws -> TenantRow {
        if let known = try load(name, in: db) { return known }
        try db.execute(sql: "INSERT INTO tenant(name) VALUES (?)", arguments: [name])
        guard let made = try load(name, in: db) else { throw DatabaseError(message: "tenant \(name) was not kept") }
        return made
    }

    /// Counts an item that came, went or changed; `terms` is by how much the stored terms did.
    mutating func count(items: Int, terms: Int) {
        self.items += items
        self.terms += terms
        changesSinceEpoch += 1
        isChanged = true
    }

    /// Bulk transactions have put off the turn of an epoch.
    var isTurnDue: Bool { LexicalIndex.turnsEpoch(changes: changesSinceEpoch, items: epochItems, isBulk: false) }

    /// Has `save` turn an epoch that is due.
    mutating func turnIfDue() { isChanged = isChanged || isTurnDue }

    /// Writes it back, at the turn of an epoch with statistics frozen anew.
    mutating func save(isBulk: Bool = false, words: WordForms, in db: Database) throws {
        guard isChanged else { return }
        isChanged = false
        if LexicalIndex.turnsEpoch(changes: changesSinceEpoch, items: epochItems, isBulk: isBulk) {
            try LexicalIndex.freezeFrequencies(of: ordinal, words: words, in: db)
            epoch += 1
            epochItems = items
            epochTerms = terms
            changesSinceEpoch = 0
        }
        try db.cachedStatement(
            sql: """
                UPDATE tenant SET items = ?, terms = ?, epoch = ?, epoch_items = ?, epoch_terms = ?,
                changes_since_epoch = ? WHERE ordinal = ?
                """
        ).execute(arguments: [items, terms, epoch, epochItems, epochTerms, changesSinceEpoch, ordinal])
    }
}
