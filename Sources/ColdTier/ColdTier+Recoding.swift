import Dispatch
import Foundation
import GRDB
import Knowledge
import Logging
public import Sealing
import Synchronization

/// Texts stored anew in the background: sealed, sealed by another key, or compressed by a new dictionary.
///
/// In bounded steps on the maintenance queue, each a transaction of its own that remembers how far it has come, so that a
/// restart, or a `kill -9` at any point, goes on there. Searches and writes go on meanwhile; only the VACUUM at the end of a
/// change of keys makes writes wait, for as long as copying the database takes.
extension ColdTier {
    /// What stands in the way of cutting off the log, an export or a backup being read, is waited for so long at a time.
    private static let truncationPatienceMilliseconds = 100
    /// Pages of word lists merged in one transaction.
    private static let recodingMergePages = 256

    enum RecodingStep {
        case nothing
        case more
        /// Somebody else is in the way: later.
        case later
    }

    /// `nil` when every text is stored as it should be.
    public var textRecoding: TextRecodingProgress? {
        guard let state = recoding.withLock({ $0 }) else { return nil }
        let total = published.withLock { $0.tenants.values.reduce(0) { $0 + $1.items } }
        return TextRecodingProgress(
            work: state.record.work, done: min(state.record.done, total), total: total,
            phase: state.record.phase.rawValue, problem: state.problem)
    }

    /// Whether texts are sealed, and by which key from now on.
    public var sealingKey: SealingKey.ID? { texts.keys.sealer?.keyID }

    /// The keys in force now; `nil` while nothing is encrypted.
    package var currentKeys: KeyRing? { keyRing.withLock { $0 } }

    /// Seals all texts by the ring's current key, in the background; what is written from now on at once.
    ///
    /// Throws `ColdError.keysMissing`, and changes nothing, when the ring lacks a key that texts are sealed by.
    public func rekey(_ ring: KeyRing) async throws(ColdError) {
        try await onMaintenance { store in
            try store.pool.writeWithoutTransaction { db in
                var identity: StoreIdentity?
                try db.inTransaction(.immediate) {
                    identity = try StoreIdentity.load(ring, directory: store.directory, db)
                    return .commit
                }
                guard let identity else { return }
                // On the writer's queue: no write comes between.
                store.keyRing.withLock { $0 = ring }
                store.texts.replace(identity.keys)
                store.recoding.withLock { $0 = identity.recoding.map { TextRecodingState(record: $0) } }
            }
        }
        scheduleMaintenance()
    }

    /// Waits until every text is stored as it should be, doing nothing else meanwhile; throws what stands in the way.
    ///
    /// - Parameter report: called after each step.
    public func finishRecoding(_ report: @Sendable (TextRecodingProgress) -> Void = { _ in }) async throws(ColdError) {
        while let progress = textRecoding {
            report(progress)
            if case .later = try await onMaintenance({ try $0.recodeStep() }) {
                try? await Task.sleep(for: .milliseconds(Self.truncationPatienceMilliseconds))
            }
            if Task.isCancelled { return }
        }
    }

    /// Makes a number of steps of it, at most; for tests.
    package func recode(steps: Int) async throws(ColdError) {
        for _ in 0..<steps { _ = try await onMaintenance { try $0.recodeStep() } }
    }

    private func onMaintenance<Value: Sendable>(
        _ work: @escaping @Sendable (ColdTier) throws -> Value
    ) async throws(ColdError) -> Value {
        guard !counters.isClosed else { throw .closed }
        let result: Result<Value, ColdError> = await withCheckedContinuation { continuation in
            maintenance.async { [self] in
                let result = Result { try work(self) }
                continuation.resume(returning: result.mapError { ColdError($0, directory: directory) })
            }
        }
        return try result.get()
    }

    // MARK: Steps, on the maintenance queue

    /// One step of what is being recoded, or of making dictionaries.
    func recodeStep() throws -> RecodingStep {
        guard let record = recoding.withLock({ $0?.record }) else { return try trainStep() }
        do {
            let step = try step(record)
            recoding.withLock { $0?.problem = step == .later ? "somebody is reading the file as it was" : nil }
            return step
        } catch {
            recoding.withLock { $0?.problem = "\(ColdError(error, directory: directory))" }
            throw error
        }
    }

    private func step(_ record: RecodingRecord) throws -> RecodingStep {
        var next = record
        let isSealing = record.work == .sealing
        switch record.phase {
        case .items:
            let batch = try pool.read { [texts] db in
                try TextRecoding.items(after: record.item, isSealing: isSealing, texts: texts, in: db)
            }
            next.take(batch, otherwise: .versions)
            next.done += batch.count
            try save(next, batch) { db in try TextRecoding.applyToItems(batch.changes, in: db) }
        case .versions:
            let batch = try pool.read { [texts] db in
                try TextRecoding.versions(after: (record.item, record.version), texts: texts, in: db)
            }
            next.take(batch, otherwise: isSealing ? .frequencies : .dictionaries)
            try save(next, batch) { db in try TextRecoding.applyToVersions(batch.changes, in: db) }
        case .frequencies: try sealFrequencies(next)
        case .dictionaries: try recodeDictionaries(next)
        case .mergeBegin, .merge: try mergeAll(next)
        case .vacuum:
            try pool.vacuum()
            next.begin(.truncate)
            try save(next) { _ in }
        case .truncate:
            guard try truncateLog() else { return .later }
            try endRecoding(next)
        }
        return .more
    }

    private func sealFrequencies(_ record: RecodingRecord) throws {
        var next = record
        try pool.write { [texts] db in
            let tenants = try TenantRow.loadAll(in: db).filter { $0.ordinal > record.item }
            if let tenant = tenants.first {
                let hasMore = try TextRecoding.sealFrequencies(
                    of: tenant.ordinal, name: tenant.name, words: texts.keys.words, in: db)
                if !hasMore { next.item = tenant.ordinal }
            } else {
                next.begin(.dictionaries)
            }
            try next.save(db)
        }
        recoding.withLock { $0?.record = next }
    }

    private func recodeDictionaries(_ record: RecodingRecord) throws {
        var next = record
        let isLast = try pool.write { [texts] db in
            if let last = try TextRecoding.recodeDictionaries(
                after: record.item, needed: record.dictionaries, texts: texts, in: db)
            {
                next.item = last
                try next.save(db)
                return false
            }
            guard record.work.isSecret else { return true }
            // Nothing that counts is sealed by them any more; what is left in free pages goes with the VACUUM, and so does
            // the secret that issues were hashed by.
            try SealingRecord.forgetOldKeys(db)
            try SealingRecord.forgetPlainIndexSecret(db)
            next.begin(record.work == .sealing ? .mergeBegin : .vacuum)
            try next.save(db)
            return true
        }
        recoding.withLock { $0?.record = next }
        guard isLast else { return }
        if record.work == .compressing { return try endRecoding(next) }
        try reloadKeys()
    }

    /// Merges all word lists into one, which leaves out the words of before; see "The merge command" in FTS5's documentation.
    private func mergeAll(_ record: RecodingRecord) throws {
        var next = record
        let isFirst = record.phase == .mergeBegin
        try pool.write { db in
            let before = db.totalChangesCount
            try db.execute(
                sql: "INSERT INTO item_lexical(item_lexical, rank) VALUES ('merge', ?)",
                arguments: [isFirst ? -Self.recodingMergePages : Self.recodingMergePages])
            // One row is counted for the command itself.
            let hasMore = db.totalChangesCount - before > 1
            next.begin(isFirst || hasMore ? .merge : .vacuum)
            try next.save(db)
        }
        recoding.withLock { $0?.record = next }
    }

    /// Moves the log into the file and cuts it off. False while somebody reads a state of before.
    private func truncateLog() throws -> Bool {
        try emptyLog(patienceMilliseconds: Self.truncationPatienceMilliseconds)
    }

    private func endRecoding(_ record: RecodingRecord) throws {
        try pool.write { db in try RecodingRecord.delete(db) }
        recoding.withLock { $0 = nil }
        if record.work.isSecret {
            try reloadKeys()
            logger.notice(
                "Every text is sealed by key \(sealingKey?.description ?? "-"); earlier keys are not needed any more")
        }
    }

    private func reloadKeys() throws {
        let ring = keyRing.withLock { $0 }
        try pool.writeWithoutTransaction { db in
            var keys: StoreKeys?
            try db.inTransaction(.immediate) {
                keys = try StoreIdentity.load(ring, directory: directory, db).keys
                return .commit
            }
            if let keys { texts.replace(keys) }
        }
    }

    private func save(
        _ next: RecodingRecord, _ batch: TextRecoding.Batch? = nil, _ write: (Database) throws -> Void
    ) throws {
        try pool.write { db in
            try write(db)
            try next.save(db)
        }
        recoding.withLock { $0?.record = next }
        if let refused = batch?.refused, refused > 0 {
            logger.warning("the texts of \(refused) rows are damaged or do not open: they are left as they are")
        }
    }

    // MARK: Dictionaries

    /// Makes a dictionary for a tenant that is due for one, and has its texts stored anew.
    private func trainStep() throws -> RecodingStep {
        let items = published.withLock { $0.tenants.mapValues(\.items) }
        guard let (name, count) = items.first(where: { texts.isDictionaryDue($0.key, items: $0.value, configuration) })
        else { return .nothing }
        texts.noteTraining(of: name, items: count)
        let found = try pool.read { [texts] db -> (tenant: Int64, sample: [[UInt8]])? in
            guard let tenant = try TenantRow.load(name, in: db)?.ordinal else { return nil }
            return (tenant, try TextRecoding.sample(of: tenant, name: name, items: count, texts: texts, in: db))
        }
        guard let (tenant, sample) = found else { return .more }
        let content = DictionaryTraining.dictionary(of: sample)
        guard content.count >= DictionaryTraining.segmentByteCount else { return .more }
        let isFirst = texts.newestDictionary(of: name) == nil
        let record = RecodingRecord(work: .compressing)
        try pool.writeWithoutTransaction { [texts] db in
            var dictionary: TextDictionary?
            try db.inTransaction(.immediate) {
                let id = try DictionaryRow.insert(
                    content, tenant: tenant, name: name, items: count, keys: texts.keys, in: db)
                dictionary = TextDictionary(id: id, content: content)
                // A later one is for new texts: those that have one need not be stored anew.
                if isFirst { try record.save(db) }
                return .commit
            }
            guard let dictionary else { return }
            texts.use(dictionary, for: name, items: count)
            if isFirst { recoding.withLock { $0 = TextRecodingState(record: record) } }
        }
        return .more
    }
}

extension RecodingRecord {
    fileprivate mutating func take(_ batch: TextRecoding.Batch, otherwise next: Phase) {
        dictionaries.formUnion(batch.dictionaries)
        guard let last = batch.last else { return begin(next) }
        item = last.item
        version = last.version
    }
}
