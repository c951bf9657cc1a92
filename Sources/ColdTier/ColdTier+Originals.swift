import Dispatch
import GRDB
import Knowledge
import Logging
import Synchronization

/// Originals of blocks that were loaded without them: in the background they follow, and damage among them is found.
extension ColdTier {
    /// Begins with what the start has loaded; a block at a time, so that other maintenance gets its turn.
    func scheduleOriginals() {
        let views = published.withLock { state in state.tenants.compactMapValues(\.index) }
        loadOriginals(views.flatMap { name, snapshot in snapshot.blocks.map { (name, $0) } }, of: encoder)
    }

    private func loadOriginals(_ blocks: [(tenant: String, block: FlatBlock)], of encoder: EncoderIdentity?) {
        maintenance.async { [weak self] in
            guard let self, !counters.isClosed, self.encoder == encoder else { return }
            guard let (tenant, block) = blocks.last else { return encodeSigns() }
            let damaged = block.loadOriginals()
            if !damaged.isEmpty { lose(damaged, of: tenant) }
            loadOriginals(blocks.dropLast(), of: encoder)
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
                published.withLock { $0.tenants[name]?.index = index.snapshot }
            }
        }
    }

    /// Takes vectors whose originals are damaged out of the index: their items are listed to be embedded again.
    private func lose(_ damaged: [(id: ItemID, changeNumber: ChangeNumber)], of tenant: String) {
        logger.warning(
            "\(damaged.count) vectors of \(tenant) are damaged: their items are found by words until embedded")
        pool.asyncWriteWithoutTransaction { [self] _ in
            let index = indices.withLock { $0[tenant] }
            guard let index else { return }
            do {
                try index.apply(damaged.map { .lose($0.id, $0.changeNumber) }, at: changeNumber)
            } catch {
                logger.error("the vector index of \(tenant) refused to lose vectors: \(error)")
            }
            published.withLock { state in
                state.tenants[tenant]?.index = index.snapshot
                state.damagedVectors += damaged.count
            }
            scheduleMaintenance()
        }
    }

    /// Waits until all originals are in memory or known to be damaged: for tests.
    package func waitForOriginals() async {
        while published.withLock({ state in
            state.tenants.values.contains { $0.index?.blocks.contains { !$0.storage.hasAllOriginals } ?? false }
        }) { try? await Task.sleep(for: .milliseconds(2)) }
    }
}
