import GRDB
public import Knowledge
import Synchronization

/// All items of a tenant as they were at one moment, handed out in batches in the order of their ids.
///
/// Holds one batch of memory and one state of the file, until it is let go. For one task at a time.
public final class ItemExport: Sendable {
    /// Items of a batch.
    static let batchSize = 256
    /// Bytes of its texts, about, after which it takes no further item.
    static let batchBytes = 1 << 20

    private let tenant: Tenant
    private let snapshot: DatabaseSnapshot
    private let texts: StoreTexts
    private let directory: String
    private let last = Mutex<ItemID?>(nil)
    private let whenGone: @Sendable () -> Void

    init(
        tenant: Tenant, snapshot: DatabaseSnapshot, texts: StoreTexts, directory: String,
        whenGone: @escaping @Sendable () -> Void
    ) {
        self.texts = texts
        self.tenant = tenant
        self.snapshot = snapshot
        self.directory = directory
        self.whenGone = whenGone
    }

    deinit { whenGone() }

    /// The next batch; empty at the end.
    public func next() async throws(ColdError) -> [KnowledgeItem] {
        let after = last.withLock { $0 }
        let result: Result<[KnowledgeItem], ColdError> = await withCheckedContinuation { continuation in
            snapshot.asyncRead { [tenant, texts, directory] connection in
                let result = Result {
                    try ColdTier.page(
                        tenant: tenant, after: after, limit: Self.batchSize, maximumBytes: Self.batchBytes,
                        category: nil, tags: [], texts: texts,
                        in: connection.get())
                }
                continuation.resume(returning: result.mapError { ColdError($0, directory: directory) })
            }
        }
        let batch = try result.get()
        if let end = batch.last { last.withLock { $0 = end.id } }
        return batch
    }
}
