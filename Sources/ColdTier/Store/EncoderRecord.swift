import Foundation
import GRDB

/// The row of `meta` that names the store's encoder.
enum EncoderRecord {
    /// `nil` when there is none, or one of a form that this version does not know.
    static func load(_ db: Database) throws -> StoredEncoder? {
        let data = try Data.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'encoder'")
        return data.flatMap { try? JSONDecoder().decode(StoredEncoder.self, from: $0) }
    }

    static func save(_ encoder: StoredEncoder, in db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO meta(key, value) VALUES ('encoder', ?)",
            arguments: [try JSONEncoder().encode(encoder)])
    }
}
