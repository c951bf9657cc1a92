import Foundation
import GRDB

/// How far the recoding of texts has come, in a row of `meta`: every step saves it in its own transaction, so that a
/// restart goes on. No row: nothing is being recoded.
struct RecodingRecord: Codable {
    /// In this order; those behind `dictionaries` only for what must leave nothing of before in the file.
    enum Phase: String, Codable {
        case items, versions, frequencies, dictionaries, mergeBegin, merge, vacuum, truncate
    }

    let work: TextRecodingWork
    private(set) var phase = Phase.items
    /// The last item, or in `frequencies` the last tenant, that is done; in `versions` with the version.
    var item: Int64 = 0
    var version: Int64 = 0
    /// Items done.
    var done = 0
    /// Dictionaries that texts which were left as they are need.
    var dictionaries: Set<Int64> = []

    init(work: TextRecodingWork) {
        self.work = work
    }

    mutating func begin(_ phase: Phase) {
        self.phase = phase
        item = 0
        version = 0
    }

    static func load(_ db: Database) throws -> RecodingRecord? {
        guard let json = try String.fetchOne(db.cachedStatement(sql: "SELECT value FROM meta WHERE key = 'recoding'"))
        else { return nil }
        return try JSONDecoder().decode(RecodingRecord.self, from: Data(json.utf8))
    }

    func save(_ db: Database) throws {
        let json = String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
        try db.execute(
            sql: "INSERT OR REPLACE INTO meta(key, value) VALUES ('recoding', ?)", arguments: [json])
    }

    static func delete(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM meta WHERE key = 'recoding'")
    }
}
