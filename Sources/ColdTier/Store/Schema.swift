import Foundation
import GRDB
import Knowledge

/// The tables of the store, and which versions of them this program knows.
///
/// ```
/// meta            store id, secrets and keys (see SealingRecord), the encoder whose vectors the items have (see
///                 StoredEncoder), how far texts are stored anew (see RecodingRecord) and how far compaction has come (see
///                 RowCompaction)
/// tenant          name ↔ ordinal; item and term counts; frozen lexical statistics
/// item            content, version, times; `vector_seq` is the change that wrote its vector (0: none);
///                 `quality` is what its votes came to when they were last settled; `issue_key` is its identity (see
///                 IssueIdentity); `issue` and `resolution` are envelopes (see TextEnvelope), here and in item_history
/// item_tag        tag → items, for the filter (the order of an item's tags is in `item.tags`)
/// item_history    up to 10 replaced versions of an item
/// text_dictionary what a tenant's texts are compressed by; the last one new texts, older ones as long as a text needs them
/// vote            one a caller and item, the last counts; settled into `item.quality` (see ItemQuality)
/// vector          originals not yet in a segment: f32 little-endian, checksum, one an item and encoder
/// change          the log: one row a change, numbered without gaps
/// segment         headers of sealed blocks of the vector index: which items, and the checksums of their originals
/// segment_part    the blocks' codes (derived) and originals (the only copy), in blobs of their own
/// item_lexical    FTS5 (see LexicalIndex), item_posting and item_term its views, term_frequency frozen df
/// ```
///
/// An item's vector is in one place: the segment row, or the row of `vector`, that `item.vector_seq` wrote. Other rows of
/// segments are dead; an item that goes leaves its row there until compaction. Rows of `vector` by an encoder that is not
/// the store's are made ahead of a flip to it; what replaces an item's vector deletes them.
///
/// What follows an item goes with it by foreign key. Small columns of `item` come first: reading them must not
/// follow the overflow pages of a long resolution.
enum Schema {
    /// "thCL" read as a big-endian number: marks the file as ours.
    static let applicationID: Int32 = 0x7468_434C
    static let version = 5
    static let keptVersions = 10
    /// Changes kept in the log, twice what any reader of it falls behind before it starts over.
    static let keptChanges: Int64 = 20_000
    /// Old changes are deleted once in so many.
    static let changeTrimInterval: Int64 = 1_024

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try createTables(db)
            try LexicalIndex.createTables(db)
            try createIdentity(db)
        }
        migrator.registerMigration("2") { db in try createVotes(db) }
        // Originals of segments of version 1 are all in `vector`: the blocks are sealed again in the background.
        migrator.registerMigration("3", foreignKeyChecks: .immediate) { db in try createSegments(db) }
        migrator.registerMigration("4", foreignKeyChecks: .immediate) { db in try keyVectorsByEncoder(db) }
        migrator.registerMigration("5") { db in try keyIssues(db) }
        return migrator
    }

    /// Marks the file as of this version, once all migrations are made.
    static func mark(_ db: Database) throws {
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    private static func createSegments(_ db: Database) throws {
        try db.execute(
            sql: """
                DROP TABLE segment;
                CREATE TABLE segment(
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    tenant INTEGER NOT NULL REFERENCES tenant(ordinal),
                    encoder TEXT NOT NULL,
                    header BLOB NOT NULL
                );
                CREATE TABLE segment_part(key INTEGER PRIMARY KEY, data BLOB NOT NULL);
                CREATE INDEX item_vector ON item(tenant, vector_seq);
                """)
    }

    private static func keyVectorsByEncoder(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE keyed_vector(
                    item INTEGER NOT NULL REFERENCES item(id) ON DELETE CASCADE,
                    encoder TEXT NOT NULL,
                    tenant INTEGER NOT NULL,
                    checksum INTEGER NOT NULL,
                    data BLOB NOT NULL,
                    PRIMARY KEY(item, encoder)
                );
                INSERT INTO keyed_vector(item, encoder, tenant, checksum, data)
                    SELECT item, encoder, tenant, checksum, data FROM vector;
                DROP TABLE vector;
                ALTER TABLE keyed_vector RENAME TO vector;
                """)
    }

    /// Issues are found by a key, no longer by their text, which may be compressed or sealed. Texts stay as they are.
    private static func keyIssues(_ db: Database) throws {
        let secret = IndexSecret.random()
        try db.execute(
            sql: "INSERT INTO meta(key, value) VALUES ('index_secret', ?)", arguments: [Data(secret.bytes)])
        let identity = IssueIdentity(secret: secret)
        let issueKey = DatabaseFunction("issue_key", argumentCount: 2, pure: true) { values in
            identity.key(StoredText.text(values[1]), tenant: StoredText.text(values[0]))
        }
        // A text with a NUL was a blob: from now on a blob is an envelope.
        let envelope = DatabaseFunction("text_envelope", argumentCount: 1, pure: true) { values in
            guard case .blob(let data) = values[0].storage else { return values[0] }
            return Data(TextEnvelope.raw(Array(data)))
        }
        db.add(function: issueKey)
        db.add(function: envelope)
        let lastItem = try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'item'")
        try db.execute(
            sql: """
                CREATE TABLE keyed_item(
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    tenant INTEGER NOT NULL REFERENCES tenant(ordinal),
                    vector_seq INTEGER NOT NULL,
                    lexical_length INTEGER NOT NULL,
                    version INTEGER NOT NULL,
                    created INTEGER NOT NULL,
                    updated INTEGER NOT NULL,
                    changed_seq INTEGER NOT NULL,
                    quality REAL NOT NULL DEFAULT 0,
                    issue_key BLOB NOT NULL,
                    category NOT NULL,
                    tags NOT NULL,
                    issue NOT NULL,
                    resolution NOT NULL,
                    UNIQUE(tenant, issue_key)
                );
                INSERT INTO keyed_item(id, tenant, vector_seq, lexical_length, version, created, updated, changed_seq,
                    quality, issue_key, category, tags, issue, resolution)
                    SELECT i.id, i.tenant, vector_seq, lexical_length, version, created, updated, changed_seq,
                        quality, issue_key(t.name, issue), category, tags, text_envelope(issue),
                        text_envelope(resolution)
                    FROM item i JOIN tenant t ON t.ordinal = i.tenant ORDER BY i.id;
                DROP TABLE item;
                ALTER TABLE keyed_item RENAME TO item;
                CREATE INDEX item_tenant ON item(tenant);
                CREATE INDEX item_category ON item(tenant, category);
                CREATE INDEX item_vector ON item(tenant, vector_seq);
                CREATE INDEX item_quality ON item(tenant, quality) WHERE quality <> 0;
                CREATE INDEX item_voted ON item(id, quality) WHERE quality <> 0;
                UPDATE item_history SET issue = text_envelope(issue), resolution = text_envelope(resolution)
                    WHERE typeof(issue) = 'blob' OR typeof(resolution) = 'blob';
                CREATE TABLE text_dictionary(
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    tenant INTEGER NOT NULL REFERENCES tenant(ordinal),
                    items INTEGER NOT NULL,
                    data BLOB NOT NULL
                );
                CREATE INDEX text_dictionary_tenant ON text_dictionary(tenant);
                """)
        if let lastItem {
            try db.execute(sql: "DELETE FROM sqlite_sequence WHERE name = 'item'")
            try db.execute(
                sql: "INSERT INTO sqlite_sequence(name, seq) VALUES ('item', ?)", arguments: [lastItem])
        }
        db.remove(function: issueKey)
        db.remove(function: envelope)
    }

    private static func createTables(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
                CREATE TABLE tenant(
                    ordinal INTEGER PRIMARY KEY AUTOINCREMENT,
                    name TEXT NOT NULL UNIQUE,
                    items INTEGER NOT NULL DEFAULT 0,
                    terms INTEGER NOT NULL DEFAULT 0,
                    epoch INTEGER NOT NULL DEFAULT 0,
                    epoch_items INTEGER NOT NULL DEFAULT 0,
                    epoch_terms INTEGER NOT NULL DEFAULT 0,
                    changes_since_epoch INTEGER NOT NULL DEFAULT 0
                );
                CREATE TABLE item(
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    tenant INTEGER NOT NULL REFERENCES tenant(ordinal),
                    vector_seq INTEGER NOT NULL,
                    lexical_length INTEGER NOT NULL,
                    version INTEGER NOT NULL,
                    created INTEGER NOT NULL,
                    updated INTEGER NOT NULL,
                    changed_seq INTEGER NOT NULL,
                    category NOT NULL,
                    tags NOT NULL,
                    issue NOT NULL,
                    resolution NOT NULL,
                    UNIQUE(tenant, issue)
                );
                CREATE INDEX item_tenant ON item(tenant);
                CREATE INDEX item_category ON item(tenant, category);
                CREATE TABLE item_tag(
                    tenant INTEGER NOT NULL,
                    tag NOT NULL,
                    item INTEGER NOT NULL REFERENCES item(id) ON DELETE CASCADE,
                    PRIMARY KEY(tenant, tag, item)
                ) WITHOUT ROWID;
                CREATE INDEX item_tag_item ON item_tag(item);
                CREATE TABLE item_history(
                    tenant INTEGER NOT NULL,
                    item INTEGER NOT NULL REFERENCES item(id) ON DELETE CASCADE,
                    version INTEGER NOT NULL,
                    updated INTEGER NOT NULL,
                    category NOT NULL,
                    tags NOT NULL,
                    issue NOT NULL,
                    resolution NOT NULL,
                    PRIMARY KEY(item, version)
                ) WITHOUT ROWID;
                CREATE TABLE vector(
                    item INTEGER PRIMARY KEY REFERENCES item(id) ON DELETE CASCADE,
                    tenant INTEGER NOT NULL,
                    checksum INTEGER NOT NULL,
                    encoder TEXT NOT NULL,
                    data BLOB NOT NULL
                );
                CREATE TABLE change(
                    seq INTEGER PRIMARY KEY,
                    tenant INTEGER NOT NULL,
                    item INTEGER NOT NULL,
                    kind INTEGER NOT NULL,
                    version INTEGER NOT NULL,
                    at INTEGER NOT NULL
                );
                CREATE TABLE segment(
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    tenant INTEGER NOT NULL REFERENCES tenant(ordinal),
                    encoder TEXT NOT NULL,
                    data BLOB NOT NULL
                );
                """)
    }

    private static func createVotes(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE item ADD COLUMN quality REAL NOT NULL DEFAULT 0;
                CREATE INDEX item_quality ON item(tenant, quality) WHERE quality <> 0;
                CREATE INDEX item_voted ON item(id, quality) WHERE quality <> 0;
                CREATE TABLE vote(
                    item INTEGER NOT NULL REFERENCES item(id) ON DELETE CASCADE,
                    caller NOT NULL,
                    tenant INTEGER NOT NULL,
                    at INTEGER NOT NULL,
                    helpful INTEGER NOT NULL,
                    PRIMARY KEY(item, caller)
                ) WITHOUT ROWID;
                """)
    }

    private static func createIdentity(_ db: Database) throws {
        var random = SystemRandomNumberGenerator()
        let secret = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
        try db.execute(
            sql: "INSERT INTO meta(key, value) VALUES ('store_id', ?), ('fingerprint_secret', ?)",
            arguments: [UUID().uuidString.lowercased(), Data(secret)])
    }

    /// Raw values are stored.
    enum ChangeKind: Int {
        case created = 1
        case replaced = 2
        case deleted = 3
        case vector = 4
        case quality = 5
    }
}
