import CScan
import Dispatch
import GRDB
public import Knowledge
import Logging
import Sealing
import Synchronization

/// The lowest tier: every knowledge item of every tenant, in one SQLite file, and the searches over them.
///
/// **Writing.** Writes wait in a bounded queue; GRDB's writer queue takes what has gathered into one transaction
/// (`WriteTransaction`), commits it synced to disk, applies it to the vector indices, publishes both with the new
/// change number, and only then answers. So an acknowledged write survives a power cut and is seen by the very
/// next search, and changes are published in the order of their numbers.
///
/// **Searching.** A search runs on a thread of its own (`ReadQueue`) inside a read transaction. Rows and words come from
/// that transaction, vectors from the published index; the search goes on only when both stand at the same
/// change number, and begins again when a commit came between.
///
/// **Checking.** The last changes are remembered in memory (`ChangeRing`), so that `validity` can tell what of answers
/// computed earlier still stands.
///
/// **Vectors.** A new vector is a row of `vector`; in the background the originals of each block that is full move into a
/// segment, which is then their only copy. The start reads the segments' codes; their originals follow, each when a search
/// needs it, or in the background. What is damaged is found by words and embedded again.
///
/// **Feedback.** Votes are kept beside the items; once an hour `settleFeedback` makes qualities of them, each that moved
/// a change like any other.
///
/// All methods may be called from any task or thread and block none.
public final class ColdTier: Sendable {
    /// The database's file in its directory.
    public static let databaseName = "thermocline.sqlite"

    /// The instruction set that vectors are scanned with on this machine.
    public static var kernelName: String { scan_kernels.best.name }

    /// The database's own UUID; another one after a restore.
    public let storeID: String
    /// 32 random bytes kept in the database, sealed where it is: fingerprints made with them survive restarts.
    public let fingerprintSecret: [UInt8]
    public let directory: String

    let pool: DatabasePool
    let reads: ReadQueue
    let originals: OriginalsReader
    let originalsCache: OriginalsCache
    let configuration: ColdTierConfiguration
    let logger: Logger
    let published: Mutex<PublishedState>
    /// Changed on the writer's queue only; the lock is for the reader that maintenance is.
    let indices: Mutex<[String: TenantIndex]>
    /// Replaced on the writer's queue only; the lock is held to copy or replace it.
    let recentChanges: Mutex<ChangeRing>
    let segments: SegmentStore
    let texts: StoreTexts
    /// Replaced on the maintenance queue only.
    let keyRing: Mutex<KeyRing?>
    /// What is being recoded; `nil` when nothing is.
    let recoding = Mutex<TextRecodingState?>(nil)
    let writeQueue = WriteQueue()
    let counters = Counters()
    /// Opening, closing, sealing and vacuuming: blocking work that is nobody's request.
    let maintenance: DispatchQueue
    private let lock: DirectoryLock
    let publishedChangeNumber: Atomic<Int64>

    /// Whose vectors are searched; `nil` while there is no encoder.
    public var encoder: EncoderIdentity? { published.withLock { $0.encoder } }

    /// The last change that searches see. One atomic load.
    public var changeNumber: ChangeNumber { ChangeNumber(publishedChangeNumber.load(ordering: .acquiring)) }

    /// What originals may take in memory; `nil` for no limit.
    public var indexMemoryLimitBytes: Int? { originalsCache.limitBytes }

    /// Opens the store of a directory, making both when missing, and loads the vector index.
    public static func open(_ configuration: ColdTierConfiguration) async throws(ColdError) -> ColdTier {
        let queue = DispatchQueue(label: "thermocline.cold.maintenance")
        let result: Result<ColdTier, ColdError> = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(
                    returning: Result { () throws(ColdError) in try ColdTier(configuration, maintenance: queue) })
            }
        }
        return try result.get()
    }

    private init(_ configuration: ColdTierConfiguration, maintenance: DispatchQueue) throws(ColdError) {
        lock = try DirectoryLock.acquire(directory: configuration.directory)
        pool = try StoreFile.open(
            directory: configuration.directory, readers: configuration.concurrentSearches,
            keyRing: configuration.keyRing)
        reads = ReadQueue(limit: configuration.concurrentSearches)
        self.configuration = configuration
        self.maintenance = maintenance
        directory = configuration.directory
        logger = configuration.logger
        keyRing = Mutex(configuration.keyRing)
        let cache = OriginalsCache(limitBytes: configuration.indexMemoryBytes)
        originalsCache = cache
        let isEpochDue: Bool
        do {
            let identity = try pool.write { db in try StoreIdentity.load(configuration, db) }
            storeID = identity.storeID
            fingerprintSecret = identity.secrets.fingerprint
            let texts = StoreTexts(identity.keys)
            self.texts = texts
            recoding.withLock { $0 = identity.recoding.map { TextRecodingState(record: $0) } }
            let originals = try OriginalsReader(directory: configuration.directory)
            // Nothing is written yet, so reads need no transaction to agree.
            let loaded = try pool.unsafeRead { db in
                try StoreFile.withoutMap(db) {
                    try LoadedStore(
                        configuration, encoder: configuration.encoder, originals: originals, cache: cache, db)
                }
            }
            self.originals = originals
            isEpochDue = loaded.hasDueEpochs
            try pool.unsafeRead { db in try texts.load(db) }
            published = Mutex(loaded.state)
            publishedChangeNumber = Atomic(loaded.state.changeNumber)
            indices = Mutex(loaded.indices)
            recentChanges = Mutex(ChangeRing(end: loaded.state.changeNumber))
            segments = SegmentStore(loaded.segments)
            cache.pin(loaded.state.pinnedByteCount)
            for line in loaded.warnings { logger.warning("\(line)") }
        } catch {
            throw ColdError(error, directory: configuration.directory)
        }
        scheduleMaintenance()
        scheduleOriginals()
        if isEpochDue { Task { try? await finishBulk() } }
    }

    /// Finishes what is queued, moves the log into the database and gives up the directory. May be called again.
    public func close() async {
        guard counters.close() else { return }
        await withCheckedContinuation { continuation in
            maintenance.async { [self] in
                do {
                    try pool.barrierWriteWithoutTransaction { db in
                        while drain(db) {}
                        try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                    }
                    // First, for the last connection takes the log's files away, and this one may not write.
                    try originals.close()
                    try pool.close()
                } catch {
                    logger.warning("the store was not closed cleanly, nothing is lost: \(error)")
                }
                lock.release()
                continuation.resume()
            }
        }
    }

    /// The version of the tenant's lexical statistics; another one ranks differently.
    public func rankingEpoch(_ tenant: Tenant) -> Int {
        published.withLock { $0.tenants[tenant.name]?.epoch ?? 0 }
    }

    /// Items of one tenant.
    public func itemCount(_ tenant: Tenant) -> Int {
        published.withLock { $0.tenants[tenant.name]?.items ?? 0 }
    }

    /// On the writer's queue, right after a commit.
    func publish(_ transaction: WriteTransaction) {
        let changeNumber = transaction.sequence
        // Before the change number: who reads that must find the changes up to it.
        remember(transaction)
        var snapshots: [String: IndexSnapshot] = [:]
        if let encoder {
            indices.withLock { indices in
                for (name, written) in transaction.writtenVectors {
                    snapshots[name] = apply(written, at: changeNumber, to: &indices[name], name, encoder)
                }
            }
        }
        let pinned = published.withLock { state in
            for (name, row) in transaction.tenants {
                state.tenants[name, default: .init()].items = row.items
                state.tenants[name, default: .init()].epoch = row.epoch
            }
            for (name, snapshot) in snapshots { state.show(snapshot, of: name) }
            state.changeNumber = changeNumber
            publishedChangeNumber.store(changeNumber, ordering: .releasing)
            return state.pinnedByteCount
        }
        originalsCache.pin(pinned)
    }

    private func remember(_ transaction: WriteTransaction) {
        var changes = recentChanges.withLock { $0 }
        changes.append(
            transaction.states, end: transaction.sequence, epochTurns: transaction.epochTurns,
            dimension: encoder?.dimension ?? 0)
        recentChanges.withLock { $0 = changes }
    }

    private func apply(
        _ written: NewVectors.Written, at changeNumber: Int64, to index: inout TenantIndex?, _ name: String,
        _ encoder: EncoderIdentity
    ) -> IndexSnapshot? {
        do {
            if index == nil, let tenant = Tenant(name) {
                index = try TenantIndex(
                    tenant: tenant, encoder: encoder, rowLimit: configuration.blockRowCount,
                    exactLimit: configuration.exactScanItems, sharing: configuration.scanSharing)
            }
            let serials = try index?.apply(
                written.changes, inserting: written.segments.map(\.block), at: ChangeNumber(changeNumber))
            if let index {
                for (segment, serial) in zip(written.segments, serials ?? []) {
                    page(segment, serial: serial, in: index, encoder)
                }
            }
        } catch {
            // Every vector was checked before its transaction; if the index still refuses, the items are
            // found by their words and listed as without vector.
            logger.error("the vector index of \(name) refused changes up to \(changeNumber): \(error)")
        }
        return index?.snapshot
    }
}
