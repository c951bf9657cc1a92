import Dispatch
import GRDB
import Knowledge
import Logging
import Synchronization

/// Originals and their segments: those of a block go to disk once its segment is written, and what a start finds there is
/// checked in the background.
extension ColdTier {
    /// Begins with what the start has loaded; a block at a time, so that other maintenance gets its turn.
    func scheduleOriginals() {
        let views = published.withLock { state in state.tenants.compactMapValues(\.index) }
        checkOriginals(views.flatMap { name, snapshot in snapshot.blocks.map { (name, $0) } }, of: encoder)
    }

    /// What is read stays in memory as long as there is room, so that a small store soon needs no disk.
    private func checkOriginals(_ blocks: [(tenant: String, block: FlatBlock)], of encoder: EncoderIdentity?) {
        maintenance.async { [weak self] in
            guard let self, !counters.isClosed, self.encoder == encoder else { return }
            guard let (tenant, block) = blocks.last else { return encodeSigns() }
            let damaged = block.checkOriginals()
            if !damaged.isEmpty { lose(damaged, of: tenant) }
            checkOriginals(blocks.dropLast(), of: encoder)
        }
    }

    /// Lets large indices have the codes that are derived from originals. Until then they are scanned in int8.
    private func encodeSigns() {
        pool.asyncWriteWithoutTransaction { [self] _ in
            for (name, index) in indices.withLock({ $0 }) {
                do {
                    try index.apply([], at: changeNumber)
                } catch {
                    logger.error("the vector index of \(name) has no codes for its first pass: \(error)")
                }
                show(index)
            }
            // Codes that were derived just now are stored.
            scheduleMaintenance()
        }
    }

    /// Takes vectors whose originals are damaged out of the index: their items are listed to be embedded again.
    private func lose(_ damaged: [(id: ItemID, changeNumber: ChangeNumber)], of tenant: String) {
        logger.warning(
            "\(damaged.count) vectors of \(tenant) are damaged: their items are found by words until embedded")
        pool.asyncWriteWithoutTransaction { [self] _ in
            guard let index = indices.withLock({ $0[tenant] }) else { return }
            do {
                try index.apply(damaged.map { .lose($0.id, $0.changeNumber) }, at: changeNumber)
            } catch {
                logger.error("the vector index of \(tenant) refused to lose vectors: \(error)")
            }
            published.withLock { $0.damagedVectors += damaged.count }
            show(index)
            scheduleMaintenance()
        }
    }

    /// On the writer's queue, when a block's segment is committed: the block's originals are from now on paged from it.
    func page(_ segment: WrittenSegment, serial: Int, in index: TenantIndex, _ encoder: EncoderIdentity) {
        do {
            let paged = try segment.header.withUnsafeBytes { header in
                try segment.codes.withUnsafeBytes { codes in
                    try SegmentCodec.decode(
                        header: header, codes: codes, tenant: index.tenant, encoder: encoder, cache: originalsCache
                    ) { [originals, id = segment.id] in try originals.read(chunk: $0, of: id) }.block
                }
            }
            paged.storage.source?.take(Array(segment.block.liveRowNumbers), of: segment.block.storage)
            index.replace(serial, with: paged)
            segments.insert(.init(id: segment.id, block: paged), serial: serial, tenant: index.tenant.name)
        } catch {
            // The block stays in memory, and the segment is its own.
            logger.error("segment \(segment.id) of \(index.tenant) cannot be read back: \(error)")
            segments.insert(.init(id: segment.id, block: segment.block), serial: serial, tenant: index.tenant.name)
        }
    }

    /// On the writer's queue: lets searches see an index that has changed while its vectors have not.
    func show(_ index: TenantIndex) {
        let pinned = published.withLock { state in
            state.show(index.snapshot, of: index.tenant.name)
            return state.pinnedByteCount
        }
        originalsCache.pin(pinned)
    }

    /// For each block that searches see whether its memory is still there, whenever that is asked: for tests.
    package func blockMemory() -> [@Sendable () -> Bool] {
        published.withLock { state in state.tenants.values.flatMap { $0.index?.blocks ?? [] } }
            .map { block in { [weak memory = block.storage] in memory != nil } }
    }

    /// Waits until all originals were checked: for tests.
    package func waitForOriginals() async {
        while published.withLock({ state in
            state.tenants.values.contains { $0.index?.blocks.contains { !$0.storage.wasChecked } ?? false }
        }) { try? await Task.sleep(for: .milliseconds(2)) }
    }
}
