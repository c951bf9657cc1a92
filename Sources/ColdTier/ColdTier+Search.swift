import Foundation
import GRDB
import Knowledge
import Synchronization

extension ColdTier {
    /// Begins of a read transaction that may meet another change number than the index before the search goes through
    /// the writer's queue, where nothing can come between. One is rare: a commit takes longer than the window.
    private static let maximumSnapshotAttempts = 16
    /// Their scan takes half a millisecond, several times what waking a thread takes.
    private static let leastHelpedRowCount = 262_144
    /// A commit is seen in the file a moment before it is published.
    private static let publicationWaitMicroseconds: UInt32 = 20

    /// The items that answer best.
    ///
    /// Without a question vector the search is lexical, whatever the strategy asked for. Throws
    /// `ColdError.overloaded` when more searches wait than the configuration allows.
    public func search(_ search: ColdSearch) async throws(ColdError) -> ColdAnswer {
        guard !counters.isClosed else { throw .closed }
        let encoder = encoder
        try Self.check(search, against: encoder)
        if let vector = search.vector, vector.count != encoder?.dimension {
            throw .unusableVector(dimension: vector.count, expected: encoder?.dimension ?? 0)
        }
        guard Counters.enter(counters.pendingSearches, limit: configuration.maximumPendingSearches) else {
            throw .overloaded
        }
        defer { counters.pendingSearches.subtract(1, ordering: .relaxed) }
        let start = ContinuousClock.now
        let answer = try await read { [self] db in try attempt(search, in: db, since: start) }
        let result = try await answer != nil ? answer : searchOnWriter(search, since: start)
        counters.searches.add(1, ordering: .relaxed)
        for step in result?.steps ?? [] {
            counters.latency(of: step.name).record(.microseconds(step.microseconds))
        }
        guard let result else { throw .overloaded }
        return result
    }

    /// Vectors of different encoders never meet, though they may have one dimension.
    private static func check(_ search: ColdSearch, against encoder: EncoderIdentity?) throws(ColdError) {
        guard search.vector == nil || search.encoder == nil || search.encoder == encoder?.fingerprint else {
            throw .encoderChanged
        }
    }

    /// Runs a closure in a read transaction, on a thread for reads.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(ColdError) -> Value {
        guard !counters.isClosed else { throw .closed }
        let result: Result<Value, ColdError> = await withCheckedContinuation { continuation in
            reads.add { [pool, directory] in
                do {
                    try pool.unsafeRead { db in
                        // Kept statements: those of GRDB's own methods are compiled for each call.
                        try db.cachedStatement(sql: "BEGIN DEFERRED TRANSACTION").execute()
                        // The caller need not wait for it.
                        defer { Self.endReading(db) }
                        let result = Result { try body(db) }
                        continuation.resume(returning: result.mapError { ColdError($0, directory: directory) })
                    }
                } catch {
                    // Nothing above throws but what comes before the transaction.
                    continuation.resume(returning: .failure(ColdError(error, directory: directory)))
                }
            }
        }
        return try result.get()
    }

    /// Nothing was written that could be lost.
    private static func endReading(_ db: Database) {
        do {
            try db.cachedStatement(sql: "COMMIT TRANSACTION").execute()
        } catch {
            try? db.rollback()
        }
    }

    /// `nil` when commits kept coming between.
    private func attempt(
        _ search: ColdSearch, in db: Database, since start: ContinuousClock.Instant
    ) throws -> ColdAnswer? {
        for _ in 0..<Self.maximumSnapshotAttempts {
            let sequence = try WriteTransaction.lastSequence(db)
            var (publishedSequence, encoder, view) = view(of: search.tenant)
            if publishedSequence < sequence {
                usleep(Self.publicationWaitMicroseconds)
                (publishedSequence, encoder, view) = self.view(of: search.tenant)
            }
            if publishedSequence == sequence {
                try Self.check(search, against: encoder)
                return try SearchRun(
                    search, index: view.index, crew: crew(for: view.index), texts: texts, changeNumber: sequence,
                    since: start
                ).run(in: db)
            }
            try db.execute(sql: "COMMIT; BEGIN DEFERRED TRANSACTION")
        }
        return nil
    }

    private func searchOnWriter(
        _ search: ColdSearch, since start: ContinuousClock.Instant
    ) async throws(ColdError) -> ColdAnswer? {
        let result: Result<ColdAnswer, ColdError> = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { [self] db in
                let result = Result {
                    let (sequence, encoder, view) = view(of: search.tenant)
                    try Self.check(search, against: encoder)
                    return try SearchRun(
                        search, index: view.index, crew: crew(for: view.index), texts: texts, changeNumber: sequence,
                        since: start
                    ).run(in: db)
                }
                continuation.resume(returning: result.mapError { ColdError($0, directory: directory) })
            }
        }
        return try result.get()
    }

    /// Who helps a search. Other searches have the other cores, and so have whoever reads its request and writes its reply:
    /// those wait less for a core without a helper than a small index is searched faster with one.
    private func crew(for index: IndexSnapshot?) -> ScanCrew {
        let isAlone = counters.pendingSearches.load(ordering: .relaxed) <= 1
        return isAlone && index?.rowCount ?? 0 >= Self.leastHelpedRowCount ? .shared : .nobody
    }

    private func view(
        of tenant: Tenant
    ) -> (sequence: Int64, encoder: EncoderIdentity?, view: PublishedState.TenantView) {
        published.withLock { ($0.changeNumber, $0.encoder, $0.tenants[tenant.name] ?? .init()) }
    }
}
