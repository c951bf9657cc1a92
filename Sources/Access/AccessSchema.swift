import GRDB

/// The tables of `access.sqlite`, and which versions of them this program knows.
///
/// ```
/// quota_use       tokens that a tenant has taken or reserved in a month (months since the year 0)
/// access_key      one a key: its digest, whose it is, what it may; revoked ones stay for a while, to be listed
/// audit           the log: JSON lines, each with the hash of the one before and itself (see AuditChain)
/// audit_start     one row: the first line that is kept, and the hash that its own begins with
/// ```
///
/// Triggers refuse to change a line, and to delete one that `audit_start` does not say is past. They keep this program's
/// mistakes out, not whoever can write the file: the chain is for that.
enum AccessSchema {
    /// "thAC" read as a big-endian number: marks the file as ours.
    static let applicationID: Int32 = 0x7468_4143
    static let version = 3

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE access_key (
                        id TEXT PRIMARY KEY NOT NULL,
                        digest BLOB NOT NULL,
                        tenant TEXT NOT NULL,
                        role TEXT NOT NULL,
                        name TEXT NOT NULL,
                        created_at INTEGER NOT NULL,
                        revoked_at INTEGER
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX access_key_by_tenant ON access_key (tenant, created_at);
                    """)
        }
        migrator.registerMigration("2") { db in
            try db.execute(
                sql: """
                    CREATE TABLE audit (
                        seq INTEGER PRIMARY KEY NOT NULL,
                        at INTEGER NOT NULL,
                        tenant TEXT,
                        line TEXT NOT NULL,
                        hash BLOB NOT NULL
                    ) STRICT;
                    CREATE INDEX audit_by_tenant ON audit (tenant, seq);
                    CREATE TABLE audit_start (
                        id INTEGER PRIMARY KEY CHECK (id = 1),
                        seq INTEGER NOT NULL,
                        hash BLOB NOT NULL
                    ) STRICT;
                    INSERT INTO audit_start (id, seq, hash) VALUES (1, 1, zeroblob(32));
                    CREATE TRIGGER audit_keeps_lines BEFORE UPDATE ON audit
                        BEGIN SELECT raise(ABORT, 'the audit log is append only'); END;
                    CREATE TRIGGER audit_keeps_all BEFORE DELETE ON audit
                        WHEN old.seq >= (SELECT seq FROM audit_start)
                        BEGIN SELECT raise(ABORT, 'the audit log is append only'); END;
                    """)
        }
        migrator.registerMigration("3") { db in
            try db.execute(
                sql: """
                    CREATE TABLE quota_use (
                        tenant TEXT NOT NULL,
                        month INTEGER NOT NULL,
                        used INTEGER NOT NULL,
                        PRIMARY KEY (tenant, month)
                    ) STRICT, WITHOUT ROWID
                    """)
        }
        return migrator
    }
}
