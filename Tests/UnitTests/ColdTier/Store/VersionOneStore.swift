import Foundation
import GRDB

/// A file as the first version of the schema made it, by that version's statements, with one item.
enum VersionOneStore {
    static func make(at path: String) async throws {
        let queue = try DatabaseQueue(path: path)
        try await queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            try db.execute(sql: "PRAGMA application_id = \(0x7468_434C)")
            try db.execute(sql: tables)
            try db.execute(sql: wordTables)
            try db.execute(sql: content)
            try db.execute(sql: "PRAGMA user_version = 1")
        }
        try queue.close()
    }

    private static let tables = """
        CREATE TABLE grdb_migrations(identifier TEXT NOT NULL PRIMARY KEY);
        INSERT INTO grdb_migrations VALUES ('1');
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
        """

    private static var wordTables: String {
        let punctuation = String(
            String.UnicodeScalarView(
                (0x21...0x7E).map { Unicode.Scalar(UInt8($0)) }.filter {
                    !$0.properties.isAlphabetic && !("0"..."9").contains($0)
                }))
        func quoted(_ text: String) -> String { "'" + text.replacingOccurrences(of: "'", with: "''") + "'" }
        return """
            CREATE VIRTUAL TABLE item_lexical USING fts5(
                terms, tokenize = \(quoted("ascii tokenchars \(quoted(punctuation))")));
            CREATE VIRTUAL TABLE item_posting USING fts5vocab(item_lexical, 'instance');
            CREATE VIRTUAL TABLE item_term USING fts5vocab(item_lexical, 'row');
            CREATE TABLE term_frequency(
                tenant INTEGER NOT NULL REFERENCES tenant(ordinal),
                term TEXT NOT NULL,
                items INTEGER NOT NULL,
                PRIMARY KEY(tenant, term)
            ) WITHOUT ROWID;
            """
    }

    private static let content = """
        INSERT INTO meta VALUES
            ('store_id', '6f1c2a4e-0b6f-4a43-9d0e-6a2f1a9f3b11'), ('fingerprint_secret', zeroblob(32));
        INSERT INTO tenant VALUES (1, 'default', 1, 6, 1, 1, 6, 0);
        INSERT INTO item VALUES (1, 1, 0, 6, 3, 1000, 2000, 3, 'general', '', 'disk full', 'df');
        INSERT INTO item_lexical(rowid, terms) VALUES (1, '1:disk 1:full 1:disk 1:full 1:general 1:df ');
        INSERT INTO change VALUES (1, 1, 1, 1, 1, 1000), (2, 1, 1, 2, 2, 1500), (3, 1, 1, 2, 3, 2000);
        """
}
