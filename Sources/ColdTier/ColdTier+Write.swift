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
        guard !counters.isClosed else { throw .closed }
        guard !writes.isEmpty else { return [] }
        for write in writes { try validate(write.vector) }
        let result: Result<[ItemOutcome], ColdError> = await withCheckedContinuation { continuation in
            switch writeQueue.add(.init(writes: writes) { continuation.resume(returning: $0) }) {
            case .first: scheduleDrain()
            case .queued: break
            case .refused: continuation.resume(returning: .failure(.overloaded))
            }
        }
        return try result.get()
    }

    private func validate(_ vector: [Float]?) throws(ColdError) {
        guard let vector, let encoder else { return }
        let norm = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard vector.count == encoder.dimension, norm == 0 || abs(norm - 1) <= 1e-3 else {
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
        do {
            var outcomes: [[ItemOutcome]] = []
            var committed: WriteTransaction?
            try db.inTransaction(.immediate) {
                // Without an encoder, a vector could not be told apart from another encoder's.
                var transaction = try WriteTransaction(
                    db, encoder: encoder, now: configuration.timeSource.now())
                for request in requests {
                    outcomes.append(try request.writes.map { try transaction.apply($0) })
                }
                try transaction.finish()
                committed = transaction
                return .commit
            }
            if let committed { publish(committed) }
            counters.writeFailure.withLock { $0 = nil }
            count(requests, since: start)
            return .success(outcomes)
        } catch {
            let failure = counters.isClosed ? .closed : ColdError(error, directory: directory)
            counters.writeFailure.withLock { $0 = failure }
            logger.error("a transaction failed, nothing of it was kept: \(failure)")
            return .failure(failure)
        }
    }

    private func count(_ requests: [WriteQueue.Request], since start: ContinuousClock.Instant) {
        counters.writes.add(requests.reduce(0) { $0 + $1.writes.count }, ordering: .relaxed)
        counters.transactions.add(1, ordering: .relaxed)
        counters.transactionMicroseconds.add(Int((.now - start).microseconds), ordering: .relaxed)
    }
}
