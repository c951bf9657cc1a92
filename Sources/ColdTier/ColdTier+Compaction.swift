import Foundation
import GRDB
import Knowledge
import Synchronization

/// What a compaction on demand has done.
public struct CompactionSummary: Sendable, Hashable {
    /// Database and write-ahead log, before and after.
    public var fileBytesBefore: Int
    public var fileBytes: Int
    /// Transactions that rewrote rows and words.
    public var steps = 0
    public var milliseconds = 0.0
}

/// Rows that scattered deletions have left in half-empty pages are written anew, a step at a time, and the pages go back to
/// the file system. Begins by itself once a quarter of the items written are dead; searches and writes go on meanwhile.
extension ColdTier {
    /// Between steps of a compaction on demand: writes that wait go first.
    private static let compactionPause = Duration.milliseconds(5)

    /// Gives back all that deletions have left, however little that is, and waits for it: about 25 s for a million items on
    /// an idle machine.
    ///
    /// In steps of milliseconds, as in the background, but for the index of what issues there are, which is built anew in one
    /// transaction: writes wait for it about a second at a million items. Searches do not. Stopped by cancelling the
    /// task, it goes on in the background.
    @discardableResult
    public func compact() async throws(ColdError) -> CompactionSummary {
        let start = ContinuousClock.now
        let bytes = StoreFile.byteCount(directory: directory)
        var summary = CompactionSummary(fileBytesBefore: bytes, fileBytes: bytes)
        try await maintain { try $0.sealBlocks() }
        var hasMore = try await maintain { try $0.compactStep(isForced: true) }
        while hasMore {
            summary.steps += 1
            try await pause()
            hasMore = try await maintain { try $0.compactStep() }
        }
        for index in try await read({ try RowCompaction.unorderedIndices($0) }) {
            try await maintain { store in
                try store.pool.write { try $0.execute(sql: "REINDEX \(index.quotedDatabaseIdentifier)") }
            }
            try await pause()
        }
        while try await maintain({ try $0.vacuumStep() }) { try await pause() }
        _ = try await maintain { try $0.emptyLog() }
        summary.fileBytes = StoreFile.byteCount(directory: directory)
        summary.milliseconds = (.now - start).microseconds / 1_000
        return summary
    }

    private func pause() async throws(ColdError) {
        do {
            try await Task.sleep(for: Self.compactionPause)
        } catch {
            scheduleMaintenance()
            throw .failed(detail: "the compaction was cancelled; it goes on in the background")
        }
    }

    /// On the maintenance queue, or for tests. True when there is more to do.
    @discardableResult
    package func compactStep(isForced: Bool = false) throws -> Bool {
        let items = published.withLock { $0.tenants.values.reduce(0) { $0 + $1.items } }
        return try pool.writeWithoutTransaction { db in
            let hasMore = try RowCompaction.step(items: items, isForced: isForced, db)
            counters.deadItems.store(try DeadItems.count(db), ordering: .relaxed)
            return hasMore
        }
    }

    /// Moves the log into the file, which pages that were given back leave only then, and empties it; false where a reader
    /// needs it longer than is waited for. On the maintenance queue.
    func emptyLog(patienceMilliseconds: Int = 0) throws -> Bool {
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA busy_timeout = \(patienceMilliseconds)")
            defer { try? db.execute(sql: "PRAGMA busy_timeout = \(StoreFile.busySeconds * 1_000)") }
            return try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") == 0
        }
    }

    /// Runs a piece of work on the maintenance queue.
    private func maintain<Value: Sendable>(
        _ work: @escaping @Sendable (ColdTier) throws -> Value
    ) async throws(ColdError) -> Value {
        guard !counters.isClosed else { throw .closed }
        let result: Result<Value, ColdError> = await withCheckedContinuation { continuation in
            maintenance.async { [self] in
                let result = Result { try work(self) }
                continuation.resume(
                    returning: result.mapError { counters.isClosed ? .closed : ColdError($0, directory: directory) })
            }
        }
        return try result.get()
    }
}
