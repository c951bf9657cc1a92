import Foundation
import GRDB

/// How far the rewriting of rows has come: a row of `meta`, so that a restart goes on.
struct CompactionProgress: Codable, Equatable {
    /// Index into `RowCompaction.parts`.
    var part = 0
    /// The next key of that part.
    var key = Int64.min
    /// The last item that there was when it began: later ones stand in full pages.
    var lastItem: Int64 = 0
    /// What was dead when it began.
    var deadItems = 0

    /// `nil` when none is under way.
    static func load(_ db: Database) throws -> CompactionProgress? {
        let statement = try db.cachedStatement(sql: "SELECT value FROM meta WHERE key = 'compaction'")
        // One that another version has left begins anew.
        return try Data.fetchOne(statement).map { data in
            (try? JSONDecoder().decode(CompactionProgress.self, from: data)) ?? CompactionProgress()
        }
    }

    func save(_ db: Database) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO meta(key, value) VALUES ('compaction', ?)")
            .execute(arguments: [try JSONEncoder().encode(self)])
    }

    static func delete(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM meta WHERE key = 'compaction'")
    }
}
