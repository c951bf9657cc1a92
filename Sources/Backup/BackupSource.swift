package import ColdTier
import Foundation

/// Where the databases of a backup come from: a store that this process serves, or one that nobody has open.
package struct BackupSource: Sendable {
    /// A database by its name, copied as it is at one moment.
    struct Database: Sendable {
        let name: String
        let byteCount: Int
        let copy: @Sendable (String, @escaping (CopyProgress) throws -> Void) throws -> Void
    }

    /// The database of keys and audit, beside the store's where keys were ever made.
    static let accessName = "access.sqlite"
    /// Databases that a backup may hold, and so the only names that a restore takes from one.
    static let names = [ColdTier.databaseName, accessName]

    /// The store's first.
    let databases: [Database]

    /// Of a store that is open in this process.
    package init(_ cold: ColdTier) {
        self.init(directory: cold.directory) { [weak cold] target, progress in
            guard let cold else { throw ColdError.closed }
            try cold.copy(to: target, progress)
        }
    }

    /// Of a directory whose lock the caller has.
    package init(closed directory: String) {
        let file = directory + "/" + ColdTier.databaseName
        self.init(directory: directory) { target, progress in
            try DatabaseCopy.copy(file: file, to: target, progress)
        }
    }

    private init(
        directory: String, store: @escaping @Sendable (String, @escaping (CopyProgress) throws -> Void) throws -> Void
    ) {
        var databases = [
            Database(
                name: ColdTier.databaseName, byteCount: Self.byteCount(directory + "/" + ColdTier.databaseName),
                copy: store)
        ]
        let access = directory + "/" + Self.accessName
        if FileManager.default.fileExists(atPath: access) {
            databases.append(
                Database(name: Self.accessName, byteCount: Self.byteCount(access)) { target, progress in
                    try DatabaseCopy.copy(file: access, to: target, progress)
                })
        }
        self.databases = databases
    }

    /// With its write-ahead log: what a copy may take.
    private static func byteCount(_ path: String) -> Int {
        ["", "-wal"].reduce(0) { sum, suffix in
            var status = stat()
            return stat(path + suffix, &status) == 0 ? sum + Int(status.st_size) : sum
        }
    }
}
