import Dispatch
import Foundation
import GRDB
import Knowledge
import Logging
import Synchronization

/// Work that no request waits for: sealed blocks become segments, rows between deleted ones are moved together, and free
/// pages go back to the file system.
extension ColdTier {
    /// After a transaction, so long before anything is done: a bulk import is looked at once in a while.
    private static let maintenanceDelay = DispatchTimeInterval.milliseconds(200)
    /// Between steps, so that writes that wait go first: 50 MiB a second come back at most.
    private static let stepDelay = DispatchTimeInterval.milliseconds(20)
    /// After a step that failed: the disk may be full.
    private static let retryDelay = DispatchTimeInterval.seconds(5)
    /// Of writes: some seconds of the fastest import, so that giving memory back takes a thousandth of the time.
    private static let givenBackAfterBytes = 32 << 20
    /// Free pages that stay for the next writes.
    private static let keptFreePages = 256
    /// Pages given back in one transaction, 1 MiB: a write waits milliseconds for it.
    private static let vacuumStepPages = 256

    func scheduleMaintenance(after delay: DispatchTimeInterval = maintenanceDelay) {
        guard !counters.isClosed, !counters.maintenanceIsScheduled.exchange(true, ordering: .acquiringAndReleasing)
        else { return }
        maintenance.asyncAfter(deadline: .now() + delay) { [weak self] in self?.maintain() }
    }

    /// On the maintenance queue.
    private func maintain() {
        counters.maintenanceIsScheduled.store(false, ordering: .releasing)
        guard !counters.isClosed else { return }
        defer { giveBackMemory() }
        do {
            try sealBlocks()
            let recoded = try recodeStep()
            let hasMerged = try mergeStep() || recoded == .more
            if recoded == .later { scheduleMaintenance() }
            // Pages are given back once no step will use them.
            let hasMore = try compactStep() || vacuumStep()
            if hasMore {
                counters.hasGivenBack.store(true, ordering: .relaxed)
            } else if counters.hasGivenBack.load(ordering: .relaxed), try emptyLog() {
                counters.hasGivenBack.store(false, ordering: .relaxed)
            }
            if hasMore || hasMerged { scheduleMaintenance(after: Self.stepDelay) }
        } catch {
            logger.warning("maintenance of the store is put off: \(ColdError(error, directory: directory))")
            // A change of keys is to end by itself, though nobody writes.
            if textRecoding != nil { scheduleMaintenance(after: Self.retryDelay) }
        }
    }

    /// What much writing has taken for a while, and the allocator keeps.
    private func giveBackMemory() {
        guard counters.bytesSinceGivenBack.load(ordering: .relaxed) >= Self.givenBackAfterBytes else { return }
        counters.bytesSinceGivenBack.store(0, ordering: .relaxed)
        FreedMemory.giveBack()
    }

    /// Writes the segments of sealed blocks that have none, one a transaction, and then deletes those that no block
    /// needs any more. For tests, at once.
    package func sealBlocks() throws {
        guard let encoder else { return }
        try writeSegments(encoder)
        try writeSigns(encoder)
        while let id = nextUnneededSegment() {
            do {
                try pool.write { db in try SegmentRow.delete(id, in: db) }
            } catch {
                segments.keep(unneeded: id)
                throw error
            }
        }
        if segments.hasUnneeded { scheduleMaintenance() }
    }

    private func writeSegments(_ encoder: EncoderIdentity) throws {
        let views = published.withLock { state in state.tenants.compactMapValues(\.index) }
        for (name, snapshot) in views {
            guard let tenant = Tenant(name) else { continue }
            let sealed = snapshot.blocks.filter(\.isSealed)
            let missing = Set(segments.missing(sealed.map(\.serial), tenant: name))
            for block in sealed where missing.contains(block.serial) && block.liveCount > 0 {
                guard !counters.isClosed else { return }
                try seal(block, tenant: tenant, encoder: encoder)
            }
        }
    }

    /// Stores sign codes, so that the next start need not derive them; a block a transaction.
    private func writeSigns(_ encoder: EncoderIdentity) throws {
        let views = published.withLock { state in state.tenants.compactMapValues(\.index) }
        for (name, snapshot) in views {
            guard let clusters = snapshot.clusters else { continue }
            let checksum = clusters.checksum()
            for block in snapshot.blocks {
                guard let signs = block.signs,
                    let id = segments.withoutSigns(block, clusters: checksum, tenant: name)
                else { continue }
                guard !counters.isClosed else { return }
                try pool.write { db in
                    if !segments.hasClusters(checksum, tenant: name) {
                        guard let ordinal = try TenantRow.load(name, in: db)?.ordinal else { return }
                        try SegmentRow.save(
                            clusters.bytes(encoder: encoder), key: SegmentPart.clustersKey(tenant: ordinal), in: db)
                    }
                    guard try SegmentRow.exists(id, in: db) else { return }
                    let key = SegmentPart.signs.key(segment: id)
                    try SegmentRow.save(signs.bytes(segment: id, clusters: checksum), key: key, in: db)
                }
                segments.noteClusters(checksum, tenant: name)
                segments.noteSigns(of: block.serial, clusters: checksum, tenant: name)
            }
        }
    }

    /// Under the lock in which the writer adds blocks and their segments: what has just come is not taken for unneeded.
    private func nextUnneededSegment() -> Int64? {
        indices.withLock { indices in
            segments.nextUnneeded(
                sealed: indices.mapValues { index in
                    Set(index.snapshot.blocks.filter { $0.isSealed && $0.liveCount > 0 }.map(\.serial))
                })
        }
    }

    /// Moves a block's originals from their rows into a segment: from this transaction on it is their only copy.
    private func seal(_ block: FlatBlock, tenant: Tenant, encoder: EncoderIdentity) throws {
        guard let segment = try writeSegment(of: block, tenant: tenant, encoder: encoder) else { return }
        // On the writer's queue, as whatever changes an index.
        pool.writeWithoutTransaction { [self] _ in
            guard self.encoder == encoder, let index = indices.withLock({ $0[tenant.name] }) else { return }
            page(segment, serial: block.serial, in: index, encoder)
            show(index)
        }
    }

    private func writeSegment(
        of block: FlatBlock, tenant: Tenant, encoder: EncoderIdentity
    ) throws -> WrittenSegment? {
        let segment = SegmentCodec.encode(block, tenant: tenant, encoder: encoder)
        let rows = block.liveRows
        return try pool.write { db in
            // The store may have flipped to another since the block was looked at.
            guard self.encoder == encoder, let ordinal = try TenantRow.load(tenant.name, in: db)?.ordinal else {
                return nil
            }
            let id = try SegmentRow.insert(segment, tenant: ordinal, encoder: encoder, in: db)
            for row in rows {
                try VectorRow.delete(
                    item: row.id.rawValue, encoder: encoder.fingerprint, writtenBy: row.changeNumber.rawValue, in: db)
            }
            return WrittenSegment(id: id, block: block, bytes: segment)
        }
    }

    /// Merges some of the word lists that writes have left, when there are four of a size. True when there may be more to
    /// do.
    private func mergeStep() throws -> Bool {
        try pool.write { db in try RowCompaction.merge(pages: RowCompaction.mergeStepPages, db) }
    }

    /// All of it, for tests.
    package func mergeWords() throws {
        while try mergeStep() {}
    }

    /// True when there is more to give back.
    package func vacuumStep() throws -> Bool {
        try pool.writeWithoutTransaction { db in
            let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            let pageSize = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
            counters.freeBytes.store(free * pageSize, ordering: .relaxed)
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
