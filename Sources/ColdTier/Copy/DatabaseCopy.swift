import Foundation
import GRDB

/// Copies databases as they are at one moment, by SQLite's backup API, while others go on writing them.
///
/// The copy is read inside one read transaction: what is committed meanwhile is not in it, and the write-ahead log keeps
/// growing until the copy is done. Blocks the calling thread, which must be the caller's own.
package enum DatabaseCopy {
    /// Pages between two calls of `progress`: 1 MiB at the usual page size.
    private static let pagesPerStep: CInt = 256

    /// Copies a file that some process, this one or none, has open.
    ///
    /// - Parameter progress: may throw to break the copy off.
    package static func copy(
        file: String, to target: String, _ progress: @escaping (CopyProgress) throws -> Void
    ) throws(ColdError) {
        do {
            var configuration = Configuration()
            configuration.label = "thermocline.copy"
            configuration.busyMode = .timeout(5)
            let source = try DatabaseQueue(path: file, configuration: configuration)
            defer { try? source.close() }
            try copy(source, to: target, progress)
        } catch {
            throw failure(error, target)
        }
    }

    static func copy(
        _ source: some DatabaseReader, to target: String, _ progress: @escaping (CopyProgress) throws -> Void
    ) throws {
        // It holds all knowledge: for the owner alone, from its first byte on.
        let descriptor = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ColdError.directoryUnusable(directory: target, reason: String(cString: strerror(errno)))
        }
        close(descriptor)
        var configuration = Configuration()
        configuration.label = "thermocline.copy"
        configuration.prepareDatabase { db in
            // A copy that was cut short is thrown away, so it needs neither a journal nor a sync.
            try db.execute(sql: "PRAGMA synchronous = OFF")
        }
        let copy = try DatabaseQueue(path: target, configuration: configuration)
        defer { try? copy.close() }
        let pageSize = try source.read { db in try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0 }
        try source.backup(to: copy, pagesPerStep: pagesPerStep) { pages in
            guard !pages.isCompleted else { return }
            try progress(
                CopyProgress(
                    doneBytes: pages.completedPageCount * pageSize, totalBytes: pages.totalPageCount * pageSize))
        }
    }

    /// Reads all of a database that nobody has open.
    ///
    /// - Throws: `unreadable`, by `name`, with the first thing that is wrong.
    package static func check(file: String, name: String) throws(ColdError) {
        do {
            let database = try DatabaseQueue(path: file)
            defer { try? database.close() }
            if let problem = try database.read({ try DatabaseIntegrity.problems(of: $0, limit: 1) }).first {
                throw ColdError.unreadable(file: name, detail: problem)
            }
        } catch let error as ColdError {
            throw error
        } catch {
            throw .unreadable(file: name, detail: "\(error)")
        }
    }

    static func failure(_ error: any Error, _ target: String) -> ColdError {
        ColdError(error, directory: URL(filePath: target).deletingLastPathComponent().path)
    }
}

extension ColdTier {
    /// Copies the database as it is now into a new file, while searches and writes go on.
    ///
    /// Blocks the calling thread, which must be the caller's own.
    package func copy(to target: String, _ progress: @escaping (CopyProgress) throws -> Void) throws(ColdError) {
        guard !counters.isClosed else { throw .closed }
        do {
            let snapshot = try pool.makeSnapshot()
            defer { try? snapshot.close() }
            try DatabaseCopy.copy(snapshot, to: target, progress)
        } catch {
            throw DatabaseCopy.failure(error, target)
        }
    }
}
