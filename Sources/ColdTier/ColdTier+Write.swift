import CScan
import GRDB
import Knowledge
import Logging
import Synchronization

extension ColdTier {
    /// Makes all changes of the array, in order, in one transaction synced to disk: all of them or, when it throws, none.
    ///
    /// Arrays written at the same time share a transaction. A refused single change (not found, version conflict,
    /// issue taken) is an outcome and stops no other.
    public func write(_ writes: [ItemWrite]) async throws(ColdError) -> [ItemOutcome] {
        try await write(PreparedWrites(writes))
    }

    /// Works out what is stored of writes; `write` does it else. Any thread.
    ///
    /// - Parameter encoder: as `PreparedWrites` has it.
    public func prepare(_ writes: [ItemWrite], encoder: String? = nil, isBulk: Bool = false) -> PreparedWrites {
        var prepared = PreparedWrites(writes, encoder: encoder, isBulk: isBulk)
        prepared.compact(by: texts)
        return prepared
    }

    public func write(_ prepared: PreparedWrites) async throws(ColdError) -> [ItemOutcome] {
        guard !counters.isClosed else { throw .closed }
        guard !prepared.writes.isEmpty else { return [] }
        var prepared = prepared
        prepared.compact(by: texts)
        return try await enqueue(prepared)
    }

    private func enqueue(_ prepared: PreparedWrites) async throws(ColdError) -> [ItemOutcome] {
        let encoder = encoder
        for write in prepared.writes {
            if case .prepareVector(_, _, _, let vector, let coming) = write {
                try validate(vector, of: coming)
            } else if let encoder, prepared.encoder ?? encoder.fingerprint == encoder.fingerprint {
                try validate(write.vector, of: encoder)
            }
        }
        let result: Result<[ItemOutcome], ColdError> = await withCheckedContinuation { continuation in
            switch writeQueue.add(
                .init(prepared: prepared, encoder: prepared.encoder ?? encoder?.fingerprint) {
                    continuation.resume(returning: $0)
                })
            {
            case .first: scheduleDrain()
            case .queued: break
            case .refused: continuation.resume(returning: .failure(.overloaded))
            }
        }
        return try result.get()
    }

    private func validate(_ vector: [Float]?, of encoder: EncoderIdentity) throws(ColdError) {
        guard let vector else { return }
        do {
            try UnitVector.check(vector, dimension: encoder.dimension, kernels: .best)
        } catch {
            throw .unusableVector(dimension: vector.count, expected: encoder.dimension)
        }
    }

    /// One transaction at a time; then back to the end of the writer's queue, so that others get their turn.
    private func scheduleDrain() {
        pool.asyncWriteWithoutTransaction { [self] db in
            if drain(db) { scheduleDrain() }
        }
    }

    /// On the writer's queue: one transaction of what waits. False when nothing did.
    func drain(_ db: Database) -> Bool {
        let requests = writeQueue.take()
        guard !requests.isEmpty else { return false }
        let result = commit(requests, in: db)
        for (index, request) in requests.enumerated() {
            request.finish(result.map { $0[index] })
        }
        scheduleMaintenance()
        return true
    }

    private func commit(_ requests: [WriteQueue.Request], in db: Database) -> Result<[[ItemOutcome]], ColdError> {
        let start = ContinuousClock.now
        let isBulk = requests.allSatisfy(\.prepared.isBulk)
        let result = transaction(isBulk: isBulk, in: db) { transaction in
            try requests.map { try transaction.apply($0.prepared, encoder: $0.encoder) }
        }
        if case .success = result { count(requests, since: start) }
        return result
    }

    /// Ends a sequence of bulk writes: what they have put off is done. One transaction, of seconds at a million items.
    public func finishBulk() async throws(ColdError) {
        guard !counters.isClosed else { throw .closed }
        let result: Result<Void, ColdError> = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { [self] db in
                continuation.resume(returning: transaction(isBulk: false, in: db) { try $0.turnDueEpochs() })
            }
        }
        try result.get()
    }

    /// On the writer's queue: commits what `body` does and publishes it, or keeps nothing of it.
    private func transaction<Value>(
        isBulk: Bool, in db: Database, _ body: (inout WriteTransaction) throws -> Value
    ) -> Result<Value, ColdError> {
        do {
            var done: (value: Value, transaction: WriteTransaction)?
            try db.inTransaction(.immediate) {
                // Without an encoder, a vector could not be told apart from another encoder's.
                var transaction = try WriteTransaction(
                    db, encoder: encoder, indices: published.withLock { $0.tenants.compactMapValues(\.index) },
                    texts: texts, blockRowCount: configuration.blockRowCount, isBulk: isBulk,
                    now: configuration.timeSource.now())
                let value = try body(&transaction)
                try transaction.finish()
                done = (value, transaction)
                return .commit
            }
            guard let done else { return .failure(.failed(detail: "the transaction did not run")) }
            publish(done.transaction)
            counters.writeFailure.withLock { $0 = nil }
            return .success(done.value)
        } catch {
            let failure = counters.isClosed ? .closed : ColdError(error, directory: directory)
            counters.writeFailure.withLock { $0 = failure }
            logger.error("a transaction failed, nothing of it was kept: \(failure)")
            return .failure(failure)
        }
    }

    private func count(_ requests: [WriteQueue.Request], since start: ContinuousClock.Instant) {
        counters.writes.add(requests.reduce(0) { $0 + $1.prepared.writes.count }, ordering: .relaxed)
        counters.bytesSinceGivenBack.add(requests.reduce(0) { $0 + $1.prepared.byteCount }, ordering: .relaxed)
        counters.transactions.record(.now - start)
    }
}
