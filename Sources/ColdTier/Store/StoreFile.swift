import Foundation
import GRDB
import Knowledge
import Sealing

/// The database file: found or made, checked, and opened as one writer and several readers.
package enum StoreFile {
    static let name = ColdTier.databaseName
    /// In the directory while a restore moves files: see `Restore`.
    package static let restoreMark = "restore.unfinished"
    /// Size to which the write-ahead log is cut back after a checkpoint.
    private static let walSizeLimitBytes = 64 << 20
    /// Compiled statements are few; what each connection may cache of pages, which the system caches too: about what one
    /// transaction of a bulk import writes.
    private static let pageCacheKibibytes = 2 << 10
    /// What a connection waits for a lock of another one's.
    static let busySeconds = 5
    /// Pages read through a memory map, not copied, by questions. Who goes through much of the file, the writer and exports,
    /// does without: each page touched would count as the server's memory, until as much as the file is long does.
    private static let mappedBytes = 1 << 30

    /// - Parameter keyRing: checked before anything is changed.
    static func open(directory: String, readers: Int, keyRing: KeyRing?) throws(ColdError) -> DatabasePool {
        let path = directory + "/" + name
        // A start would make a new, empty store where a restore was about to put one.
        guard access(directory + "/" + restoreMark, F_OK) != 0 else {
            throw .restoreUnfinished(directory: directory)
        }
        do {
            try prepare(path, keyRing)
            let pool = try DatabasePool(path: path, configuration: configuration(readers: readers))
            try Schema.migrator.migrate(pool)
            try pool.writeWithoutTransaction { db in
                try Schema.mark(db)
                // The pool chose NORMAL when it switched the log on: a power cut could take acknowledged writes.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try db.execute(sql: "PRAGMA mmap_size = 0")
            }
            return pool
        } catch let error as ColdError {
            throw error
        } catch {
            throw ColdError(error, directory: directory)
        }
    }

    /// What must be settled before the write-ahead log is on: whose file it is, which version, whether the keys fit and, in a
    /// new file, that free pages can be given back.
    private static func prepare(_ path: String, _ keyRing: KeyRing?) throws {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        try queue.writeWithoutTransaction { db in
            if try Int.fetchOne(db, sql: "PRAGMA page_count") == 0 {
                try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
                try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
                return
            }
            guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID else {
                throw ColdError.notAStore(file: path)
            }
            let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            guard found <= Schema.version else {
                throw ColdError.newerSchema(file: path, found: found, known: Schema.version)
            }
            guard found > 0, let store = try SealingRecord.sealStore(db) else { return }
            try SealingRecord.load(db).check(keyRing, file: path, store: store)
        }
    }

    static func storeID(_ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'store_id'")
    }

    static func configuration(readers: Int) -> Configuration {
        var configuration = Configuration()
        configuration.label = "thermocline.cold"
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = readers
        configuration.persistentReadOnlyConnections = true
        configuration.busyMode = .timeout(TimeInterval(busySeconds))
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -\(pageCacheKibibytes)")
            // Of all connections, a snapshot's alone holds a transaction for longer than one call.
            let isSnapshot = db.configuration.allowsUnsafeTransactions
            try db.execute(sql: "PRAGMA mmap_size = \(isSnapshot ? 0 : mappedBytes)")
            try db.execute(sql: "PRAGMA journal_size_limit = \(walSizeLimitBytes)")
        }
        return configuration
    }

    /// Reads much of the file once, without the memory map: from a disk that nothing was read of yet, its page faults take more
    /// than twice as long as reads ahead. Outside of a transaction, in which the map stays.
    static func withoutMap<Value>(_ db: Database, _ body: () throws -> Value) throws -> Value {
        let mapped = try Int.fetchOne(db, sql: "PRAGMA mmap_size") ?? mappedBytes
        try db.execute(sql: "PRAGMA mmap_size = 0")
        let value = try body()
        try db.execute(sql: "PRAGMA mmap_size = \(mapped)")
        return value
    }

    /// Database and write-ahead log.
    static func byteCount(directory: String) -> Int {
        ["", "-wal"].reduce(0) { sum, suffix in
            var status = stat()
            return stat(directory + "/" + name + suffix, &status) == 0 ? sum + Int(status.st_size) : sum
        }
    }
}

extension ColdError {
    /// What an error of SQLite's means for the operator.
    init(_ error: any Error, directory: String) {
        if let error = error as? ColdError {
            self = error
            return
        }
        let file = directory + "/" + StoreFile.name
        guard let error = error as? DatabaseError else {
            self = .failed(detail: "\(error)")
            return
        }
        let detail = "\(error.extendedResultCode.rawValue): \(error.message ?? "no message")"
        self =
            switch error.resultCode {
            case .SQLITE_FULL: .storageFull(directory: directory)
            case .SQLITE_NOTADB: .notAStore(file: file)
            case .SQLITE_CORRUPT: .unreadable(file: file, detail: detail)
            case .SQLITE_IOERR: .unreadable(file: file, detail: detail)
            case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
                .directoryUnusable(directory: directory, reason: error.message ?? "SQLite error \(detail)")
            default: .failed(detail: detail)
            }
    }
}
