import Foundation
import GRDB
package import Knowledge

/// A copy of a store's database that no store has open: looked at, brought up to date, and given an identity of its own.
///
/// Blocks the calling thread. One task at a time.
package struct StoreCopy: Sendable {
    /// The newest schema that this version can take.
    package static let knownSchema = Schema.version

    private let path: String
    /// What messages call it: its path would mean nothing to people.
    private let name: String

    package init(path: String, name: String) {
        self.path = path
        self.name = name
    }

    /// What the copy holds, by counting.
    ///
    /// - Throws: `notAStore`, `newerSchema`, `unreadable`, with the copy's name.
    package func facts() throws(ColdError) -> StoreFacts {
        try open { queue in
            try queue.read { db in
                StoreFacts(
                    storeID: try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'store_id'") ?? "",
                    changeNumber: try Int64.fetchOne(db, sql: "SELECT max(seq) FROM change") ?? 0,
                    schema: try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0,
                    items: try Int.fetchOne(db, sql: "SELECT count(*) FROM item") ?? 0,
                    tenants: try Int.fetchOne(db, sql: "SELECT count(*) FROM tenant") ?? 0)
            }
        }
    }

    /// Brings the copy to this version's schema and reads all of it.
    ///
    /// - Throws: `unreadable` with the first thing that is wrong.
    package func check() throws(ColdError) {
        try open { queue in
            try Schema.migrator.migrate(queue)
            try queue.writeWithoutTransaction { db in
                try Schema.mark(db)
                if let problem = try DatabaseIntegrity.problems(of: db, limit: 1).first {
                    throw ColdError.unreadable(file: name, detail: problem)
                }
            }
        }
    }

    /// Makes it the store of another timeline: answers that Redis or a snapshot has of the old one are never served.
    /// Change numbers go on.
    ///
    /// - Returns: the new UUID.
    package func renew() throws(ColdError) -> String {
        let id = UUID().uuidString.lowercased()
        try open { queue in
            try queue.write { db in
                try db.execute(sql: "UPDATE meta SET value = ? WHERE key = 'store_id'", arguments: [id])
            }
        }
        return id
    }

    private func open<Result>(_ body: (DatabaseQueue) throws -> Result) throws(ColdError) -> Result {
        do {
            var configuration = Configuration()
            configuration.label = "thermocline.copy"
            configuration.foreignKeysEnabled = true
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            try queue.inDatabase { db in
                guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID else {
                    throw ColdError.notAStore(file: name)
                }
                let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                guard found <= Schema.version else {
                    throw ColdError.newerSchema(file: name, found: found, known: Schema.version)
                }
            }
            return try body(queue)
        } catch let error as ColdError {
            throw error
        } catch let error as DatabaseError where [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(error.resultCode) {
            throw .unreadable(file: name, detail: error.message ?? "\(error.resultCode)")
        } catch {
            throw DatabaseCopy.failure(error, path)
        }
    }
}
