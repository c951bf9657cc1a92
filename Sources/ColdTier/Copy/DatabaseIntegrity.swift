import GRDB

/// Whether a database is whole, by reading all of it.
enum DatabaseIntegrity {
    /// What is wrong, a line each, at most `limit`; empty when nothing is.
    static func problems(of db: Database, limit: Int) throws -> [String] {
        var problems = try String.fetchAll(db, sql: "PRAGMA integrity_check(\(limit))").filter { $0 != "ok" }
        let orphans = try Row.fetchCursor(db, sql: "PRAGMA foreign_key_check")
        while problems.count < limit, let row = try orphans.next() {
            let (table, parent): (String, String) = (row[0], row[2])
            problems.append("a row of \(table) belongs to none of \(parent)")
        }
        return problems
    }
}
