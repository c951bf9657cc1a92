import Dispatch
import Foundation
import GRDB
import Knowledge

/// The file `access.sqlite` of a data directory: who may do what.
///
/// Whoever opens it holds the directory's lock. All work on the file is done on its own queue; any task may call.
public final class AccessStore: Sendable {
    public static let fileName = "access.sqlite"

    /// Where everyone who asks is looked up.
    public let keys: KnownKeys
    let directory: String
    private let database: DatabaseQueue

    var file: String { directory + "/" + Self.fileName }

    /// Opens the file, making it when it is missing, and reads every key that is good.
    public static func open(directory: String) async throws(AccessError) -> AccessStore {
        let result: Result<AccessStore, AccessError> = await withCheckedContinuation { continuation in
            DispatchQueue(label: "thermocline.access.open").async {
                continuation.resume(
                    returning: Result { () throws(AccessError) in try AccessStore(directory: directory) })
            }
        }
        return try result.get()
    }

    private init(directory: String) throws(AccessError) {
        self.directory = directory
        let file = directory + "/" + Self.fileName
        do {
            try Self.make(file)
            var configuration = Configuration()
            configuration.label = "thermocline.access"
            configuration.busyMode = .timeout(5)
            configuration.journalMode = .wal
            database = try DatabaseQueue(path: file, configuration: configuration)
            try database.writeWithoutTransaction { db in
                try Self.check(db, file: file)
                // Choosing the log chose NORMAL with it: a power cut could bring a revoked key back.
                try db.execute(sql: "PRAGMA synchronous = FULL")
            }
            try AccessSchema.migrator.migrate(database)
            let good = try database.write { db in
                try db.execute(sql: "PRAGMA user_version = \(AccessSchema.version)")
                return try KeyRow.good(db)
            }
            keys = KnownKeys(good)
        } catch {
            throw AccessError(error, file: file)
        }
    }

    /// Nobody else of the machine may read it: SQLite gives the files beside it the same rights.
    private static func make(_ file: String) throws(AccessError) {
        let descriptor = Foundation.open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .unreadable(file: file, detail: String(cString: strerror(errno)))
        }
        Foundation.close(descriptor)
    }

    private static func check(_ db: Database, file: String) throws {
        let isNew = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
        if isNew {
            try db.execute(sql: "PRAGMA application_id = \(AccessSchema.applicationID)")
            return
        }
        guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == AccessSchema.applicationID else {
            throw AccessError.notOurs(file: file)
        }
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard found <= AccessSchema.version else {
            throw AccessError.newerSchema(file: file, found: found, known: AccessSchema.version)
        }
    }

    /// Waits for what is being written. May be called again.
    public func close() async {
        await withCheckedContinuation { continuation in
            database.asyncWriteWithoutTransaction { [database] _ in
                DispatchQueue(label: "thermocline.access.close").async {
                    try? database.close()
                    continuation.resume()
                }
            }
        }
    }

    /// Does something on the database's queue, in whatever transactions it makes.
    func withDatabase(_ body: @escaping @Sendable (Database) -> Void) {
        database.asyncWriteWithoutTransaction(body)
    }

    /// One transaction. It is made even if the task that asked for it is cancelled: half a change is none.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(AccessError) -> Value {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            database.asyncWrite(body) { _, result in continuation.resume(returning: result) }
        }
        do {
            return try result.get()
        } catch {
            throw AccessError(error, file: file)
        }
    }
}
