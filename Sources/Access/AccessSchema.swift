import GRDB

/// The tables of `access.sqlite`, and which versions of them this program knows.
///
/// ```
/// quota_use       tokens that a tenant has taken or reserved in a month (months since the year 0)
/// access_key      one a key: its digest, whose it is, what it may; revoked ones stay for a while, to be listed
/// ```
enum AccessSchema {
    /// "thAC" read as a big-endian number: marks the file as ours.
    static let applicationID: Int32 = 0x7468_4143
    static let version = 2

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
