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

    /// Writes the segments of sealed blocks that have none, one a transaction, and then deletes those that no block
    /// needs any more. For tests, at once.
    package func sealBlocks() throws {
        guard let encoder else { return }
        let views = published.withLock { state in state.tenants.compactMapValues(\.index) }
        var serials: [String: Set<Int>] = [:]
        for (name, snapshot) in views {
            guard let tenant = Tenant(name) else { continue }
            let sealed = snapshot.blocks.filter(\.isSealed)
            let missing = Set(segments.missing(sealed.map(\.serial), tenant: name))
            for block in sealed where missing.contains(block.serial) && block.liveCount > 0 {
                guard !counters.isClosed else { return }
                try seal(block, tenant: tenant, encoder: encoder)
            }
            serials[name] = Set(sealed.map(\.serial))
        }
        while let (id, storage) = segments.nextUnneeded(current: serials) {
            // A search that began before compaction may still ask the block for originals.
            _ = storage?.loadOriginals()
            do {
                try pool.write { db in try SegmentRow.delete(id, in: db) }
            } catch {
                segments.keep(unneeded: id)
                throw error
            }
        }
    }

    /// Moves a block's originals from their rows into a segment: from this transaction on it is their only copy.
    private func seal(_ block: FlatBlock, tenant: Tenant, encoder: EncoderIdentity) throws {
        let segment = SegmentCodec.encode(block, tenant: tenant, encoder: encoder)
        let rows = block.liveRows
        let id: Int64? = try pool.write { db in
            guard let ordinal = try TenantRow.load(tenant.name, in: db)?.ordinal else { return nil }
            let id = try SegmentRow.insert(segment, tenant: ordinal, encoder: encoder, in: db)
            for row in rows {
                try VectorRow.delete(item: row.id.rawValue, writtenBy: row.changeNumber.rawValue, in: db)
            }
            return id
        }
        if let id { segments.insert(.init(id: id, block: block), serial: block.serial, tenant: tenant.name) }
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
