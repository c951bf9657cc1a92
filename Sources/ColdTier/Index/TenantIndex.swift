package import CScan
public import Knowledge
import Synchronization

/// The vectors of one tenant in memory, made by one encoder: a flat index, searched exactly up to a number of items.
///
/// Algorithm. Vectors live in blocks of up to 4,096 rows. New rows go to the last block, the growing tail, whose
/// memory doubles from 16 rows; full, it is sealed. A replaced or removed vector leaves a tombstone. A block more
/// than a quarter dead is rewritten without its dead rows, and sealed blocks less than half full are merged, so
/// memory stays within about 4/3 of the live vectors, plus the tail.
///
/// Invariant. `apply` changes private copies of the blocks and then publishes them as an immutable snapshot, which
/// stands for one change number. A search works on the snapshot it took, without locks, and sees all of a change
/// or nothing of it. Rows written are never changed; a snapshot keeps blocks alive that compaction has replaced.
public final class TenantIndex: Sendable {
    public let tenant: Tenant
    public let encoder: EncoderIdentity
    private let kernels: scan_kernels
    private let rowLimit: Int
    private let sharing: ScanSharing
    /// Held by a writer throughout `apply`: milliseconds when a block is rewritten. Readers never wait for it.
    private let writer: Mutex<IndexWriter>
    /// Held to copy or replace the snapshot, and for nothing else.
    private let published: Mutex<IndexSnapshot>

    /// Vectors up to which search is exact by default: 50,000 are scanned in int8 within half a millisecond.
    public static let defaultExactLimit = 50_000

    /// An empty index at change number 0.
    /// - Parameters:
    ///   - rowLimit: rows of a block, at most `FlatBlock.maximumRowCount`.
    ///   - exactLimit: vectors up to which search is exact.
    ///   - sharing: when searches share passes.
    public convenience init(
        tenant: Tenant, encoder: EncoderIdentity, rowLimit: Int = FlatBlock.maximumRowCount,
        exactLimit: Int = TenantIndex.defaultExactLimit, sharing: ScanSharing = ScanSharing()
    ) throws(IndexError) {
        try self.init(
            tenant: tenant, encoder: encoder, kernels: .best, rowLimit: rowLimit, exactLimit: exactLimit,
            sharing: sharing)
    }

    /// An index of decoded segments, as at start.
    ///
    /// Blocks keep their order in `snapshot.blocks`, are sealed even when small, and get serials from 0 upwards.
    /// What was written after the segments is brought by `apply` afterwards.
    /// - Parameters:
    ///   - changeNumber: what the snapshot stands for.
    ///   - isCurrent: whether a row counts, by item and by the change that wrote it; others become tombstones.
    ///     Of two rows of one item that count, the one written later wins.
    public convenience init(
        tenant: Tenant, encoder: EncoderIdentity, blocks: [FlatBlock], at changeNumber: ChangeNumber,
        rowLimit: Int = FlatBlock.maximumRowCount, exactLimit: Int = TenantIndex.defaultExactLimit,
        isCurrent: (ItemID, ChangeNumber) -> Bool
    ) throws(IndexError) {
        try self.init(
            tenant: tenant, encoder: encoder, blocks: blocks, clusters: nil, at: changeNumber, rowLimit: rowLimit,
            exactLimit: exactLimit, sharing: ScanSharing(), isCurrent: isCurrent)
    }

    /// The same with the centroids that the blocks' sign codes are relative to.
    convenience init(
        tenant: Tenant, encoder: EncoderIdentity, blocks: [FlatBlock], clusters: SignClusters?,
        at changeNumber: ChangeNumber,
        rowLimit: Int, exactLimit: Int, sharing: ScanSharing,
        isCurrent: (ItemID, ChangeNumber) -> Bool
    ) throws(IndexError) {
        try self.init(tenant: tenant, encoder: encoder, rowLimit: rowLimit, exactLimit: exactLimit, sharing: sharing)
        try writer.withLock { writer throws(IndexError) in
            try writer.adopt(blocks, clusters: clusters, isCurrent: isCurrent)
            writer.encodeSigns()
            publish(writer, at: changeNumber)
        }
    }

    /// For tests: other kernels, smaller blocks.
    package init(
        tenant: Tenant, encoder: EncoderIdentity, kernels: scan_kernels, rowLimit: Int,
        exactLimit: Int = TenantIndex.defaultExactLimit, sharing: ScanSharing = ScanSharing()
    ) throws(IndexError) {
        let dimension = encoder.dimension
        guard (1...FlatBlock.maximumDimension).contains(dimension) else { throw .unsupportedDimension(dimension) }
        self.tenant = tenant
        self.encoder = encoder
        self.kernels = kernels
        self.sharing = sharing
        self.rowLimit = min(max(rowLimit, 1), FlatBlock.maximumRowCount)
        writer = Mutex(
            IndexWriter(dimension: dimension, rowLimit: self.rowLimit, exactLimit: exactLimit, kernels: kernels))
        published = Mutex(
            IndexSnapshot(
                changeNumber: ChangeNumber(0), blocks: [], dimension: dimension, kernels: kernels, clusters: nil,
                sharing: sharing))
    }

    /// The newest published state. Any thread; costs a lock held for one copy.
    public var snapshot: IndexSnapshot { published.withLock { $0 } }

    /// Makes the changes in order, all or none, and publishes a snapshot that stands for `changeNumber`.
    ///
    /// Any thread that may wait: one writer at a time, each taking about 1 µs a vector and now and then
    /// milliseconds to rewrite a block. With no changes only the change number moves.
    ///
    /// - Parameter inserting: sealed blocks of rows that no other block has live once the changes are made.
    /// - Returns: the serials of the blocks inserted.
    @discardableResult
    public func apply(
        _ changes: [VectorChange], inserting newBlocks: [FlatBlock] = [], at changeNumber: ChangeNumber
    ) throws(IndexError) -> [Int] {
        for case .put(_, let vector, _) in changes {
            try UnitVector.check(vector, dimension: encoder.dimension, kernels: kernels)
        }
        return writer.withLock { writer in
            for change in changes { writer.make(change) }
            let serials = newBlocks.map { writer.insert($0) }
            writer.compact()
            writer.encodeSigns()
            publish(writer, at: changeNumber)
            return serials
        }
    }

    /// Puts a block made of a sealed block's segment in that block's place; not when it was compacted meanwhile.
    ///
    /// Of the same rows but for dead ones, so results do not change.
    public func replace(_ serial: Int, with block: FlatBlock) {
        writer.withLock { writer in
            writer.replace(serial, with: block)
            publish(writer, at: snapshot.changeNumber)
        }
    }

    private func publish(_ writer: borrowing IndexWriter, at changeNumber: ChangeNumber) {
        let next = IndexSnapshot(
            changeNumber: changeNumber, blocks: writer.blocks, dimension: encoder.dimension, kernels: kernels,
            clusters: writer.clusters, sharing: sharing)
        // The old snapshot, perhaps the last owner of its blocks, is freed after the lock.
        let previous = published.withLock { current in
            defer { current = next }
            return current
        }
        _ = consume previous
    }
}
