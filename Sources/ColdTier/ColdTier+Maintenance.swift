import Dispatch
import Foundation
import GRDB
import Knowledge
import Logging
import Synchronization

/// Work that no request waits for: sealed blocks become segments, and free pages go back to the file system.
extension ColdTier {
    /// After a transaction, so long before anything is done: a bulk import is looked at once in a while.
    private static let maintenanceDelay = DispatchTimeInterval.milliseconds(200)
    /// Free pages that stay for the next writes.
    private static let keptFreePages = 256
    /// Pages given back in one transaction, 1 MiB: a write waits milliseconds for it.
    private static let vacuumStepPages = 256

    func scheduleMaintenance() {
        guard !counters.isClosed, !counters.maintenanceIsScheduled.exchange(true, ordering: .acquiringAndReleasing)
        else { return }
        maintenance.asyncAfter(deadline: .now() + Self.maintenanceDelay) { [weak self] in self?.maintain() }
    }

    /// On the maintenance queue.
    private func maintain() {
        counters.maintenanceIsScheduled.store(false, ordering: .releasing)
        guard !counters.isClosed else { return }
        do {
            try sealBlocks()
            if try vacuumStep() { scheduleMaintenance() }
        } catch {
            logger.warning("maintenance of the store is put off: \(ColdError(error, directory: directory))")
        }
    }

    /// Writes segments of blocks that have none, and deletes those of blocks that are gone. For tests, at once.
    package func sealBlocks() throws {
        guard let encoder else { return }
        let views = published.withLock { state in state.tenants.compactMapValues(\.index) }
        var obsolete = segments.obsolete
        for (name, snapshot) in views {
            guard let tenant = Tenant(name) else { continue }
            let sealed = snapshot.blocks.filter(\.isSealed)
            let missing = Set(segments.missing(sealed.map(\.serial), tenant: name))
            for block in sealed where missing.contains(block.serial) && block.liveCount > 0 {
                let bytes = SegmentCodec.encode(block, tenant: tenant, encoder: encoder)
                let row = try pool.writeWithoutTransaction { db in
                    try db.execute(
                        sql: """
                            INSERT INTO segment(tenant, encoder, data)
                            SELECT ordinal, ?, ? FROM tenant WHERE name = ?
                            """, arguments: [encoder.fingerprint, Data(bytes), name])
                    return db.lastInsertedRowID
                }
                segments.insert(row: row, serial: block.serial, tenant: name)
            }
            obsolete += segments.stale(tenant: name, current: Set(sealed.map(\.serial)))
        }
        for row in obsolete {
            try pool.writeWithoutTransaction { db in
                try db.execute(sql: "DELETE FROM segment WHERE id = ?", arguments: [row])
            }
            segments.remove([row])
        }
    }

    /// True when there is more to give back.
    package func vacuumStep() throws -> Bool {
        try pool.writeWithoutTransaction { db in
            let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            guard free > Self.keptFreePages else { return false }
            let pages = min(free - Self.keptFreePages, Self.vacuumStepPages)
            try Row.fetchCursor(db, sql: "PRAGMA incremental_vacuum(\(pages))").forEach { _ in }
            return free - pages > Self.keptFreePages
        }
    }

    /// What a PRAGMA answers on the writer's connection: for tests, which also set the size limit of a small disk by it.
    package func writerPragma(_ pragma: String) async throws -> String? {
        try await pool.writeWithoutTransaction { db in
            try Row.fetchOne(db, sql: "PRAGMA \(pragma)").map { row in (row[0] as DatabaseValue).description }
        }
    }
}
