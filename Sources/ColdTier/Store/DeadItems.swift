import GRDB

/// Items deleted since rows were last rewritten: a row of `meta`. Pages that they shared with others are half empty.
enum DeadItems {
    static func count(_ db: Database) throws -> Int {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT value FROM meta WHERE key = 'dead_items'")) ?? 0
    }

    /// - Parameter count: below 0 to take away.
    static func add(_ count: Int, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO meta(key, value) VALUES ('dead_items', max(?1, 0))
                ON CONFLICT(key) DO UPDATE SET value = max(value + ?1, 0)
                """
        ).execute(arguments: [count])
    }
}
