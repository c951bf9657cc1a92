import GRDB
public import Knowledge
import Logging
import Synchronization

/// Whose vectors are searched, and the change from one encoder to another.
///
/// The coming encoder's vectors are prepared beside the serving one's (`ItemWrite.prepareVector`); once every item has one,
/// `flip` makes them the store's. Nothing is searched by two encoders at once, and a restart goes on with what is prepared.
extension ColdTier {
    /// Takes an encoder that was away when the store was opened, and loads its vectors; writes wait meanwhile.
    ///
    /// Does nothing when it is the store's encoder already, or the store has another: that takes a `flip`.
    public func adopt(_ encoder: EncoderIdentity) async throws(ColdError) {
        try await onWriter { [self] db in
            guard self.encoder == nil else { return }
            let loaded = try StoreFile.withoutMap(db) { try load(encoder, db) }
            take(loaded)
        }
    }

    /// The encoder that all vectors were last of, as far as the store knows.
    public func storedEncoder() async throws(ColdError) -> StoredEncoder? {
        try await read { try EncoderRecord.load($0) }
    }

    /// Notes that all vectors are of an encoder, if that is so and the store serves by it.
    ///
    /// - Returns: whether it is noted now.
    public func record(_ encoder: StoredEncoder) async throws(ColdError) -> Bool {
        guard statistics().itemsWithoutVector == 0, self.encoder == encoder.identity else { return false }
        return try await onWriter { [self] db in
            guard self.encoder == encoder.identity else { return false }
            if try EncoderRecord.load(db) != encoder { try EncoderRecord.save(encoder, in: db) }
            return true
        }
    }

    /// Begins to prepare vectors of an encoder, or goes on; what was prepared for a third one is dropped.
    ///
    /// - Returns: how many items have theirs.
    public func beginReembedding(_ coming: EncoderIdentity) async throws(ColdError) -> Int {
        try await onWriter { [self] db in
            try db.execute(
                sql: "DELETE FROM vector WHERE encoder NOT IN (?, ?)",
                arguments: [coming.fingerprint, encoder?.fingerprint ?? coming.fingerprint])
            return try Int.fetchOne(
                db, sql: "SELECT count(*) FROM vector WHERE encoder = ?", arguments: [coming.fingerprint]) ?? 0
        }
    }

    /// Items of any tenant that no vector of an encoder is prepared for, by id.
    ///
    /// - Parameters:
    ///   - chosen: only these, when given.
    ///   - last: only those behind it.
    public func itemsToReembed(
        by coming: EncoderIdentity, among chosen: [ItemID]? = nil, after last: ItemID = ItemID(0), limit: Int
    ) async throws(ColdError) -> [ItemWithoutVector] {
        try await read { db in
            let ids = chosen.map { " AND id IN (\($0.map { String($0.rawValue) }.joined(separator: ",")))" } ?? ""
            let found = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, tenant FROM item WHERE id > ?\(ids)
                    AND NOT EXISTS (SELECT 1 FROM vector WHERE vector.item = item.id AND vector.encoder = ?)
                    ORDER BY id LIMIT ?
                    """, arguments: [last.rawValue, coming.fingerprint, limit])
            return try ItemWithoutVector.load(found.map { ($0[0], $0[1]) }, texts: self.texts, in: db)
        }
    }

    /// Makes the prepared vectors the items' own and searches by them, unless more than a number of items have none.
    ///
    /// One transaction; writes wait until the new index is loaded, searches go on by the old one until it is there.
    /// - Parameters:
    ///   - allowedMissing: so many may stay without a vector, to be found by words until they are embedded.
    ///   - whenPublished: called on the writer's thread as the new index takes the old one's place.
    /// - Returns: how many items have none; at most `allowedMissing` when it was done.
    public func flip(
        to coming: StoredEncoder, allowedMissing: Int, whenPublished: @escaping @Sendable () -> Void
    ) async throws(ColdError) -> Int {
        try await onWriter { [self] db in
            var missing = 0
            var flipped: LoadedStore?
            try db.inTransaction(.immediate) {
                missing = try EncoderFlip.missingCount(coming.fingerprint, in: db)
                guard missing <= allowedMissing else { return .rollback }
                try EncoderFlip.make(coming, at: configuration.timeSource.now(), in: db)
                flipped = try load(coming.identity, db)
                return .commit
            }
            if let flipped { take(flipped, whenPublished: whenPublished) }
            return missing
        }
    }

    private func load(_ encoder: EncoderIdentity, _ db: Database) throws -> LoadedStore {
        try LoadedStore(configuration, encoder: encoder, originals: originals, cache: originalsCache, db)
    }

    /// On the writer's queue, so that no write comes between the file read and the index published.
    private func take(_ loaded: LoadedStore, whenPublished: () -> Void = {}) {
        for line in loaded.warnings { logger.warning("\(line)") }
        segments.replace(loaded.segments)
        // Changes of before were noted without these vectors: what they could reach by them is not known.
        recentChanges.withLock { $0 = ChangeRing(end: loaded.state.changeNumber) }
        indices.withLock { $0 = loaded.indices }
        published.withLock { state in
            state = loaded.state
            publishedChangeNumber.store(loaded.state.changeNumber, ordering: .releasing)
            whenPublished()
        }
        originalsCache.pin(loaded.state.pinnedByteCount)
        scheduleOriginals()
        scheduleMaintenance()
    }

    private func onWriter<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(ColdError) -> Value {
        guard !counters.isClosed else { throw .closed }
        let result: Result<Value, ColdError> = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { [directory] db in
                let result = Result { try body(db) }
                continuation.resume(returning: result.mapError { ColdError($0, directory: directory) })
            }
        }
        return try result.get()
    }
}
