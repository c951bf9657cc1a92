import GRDB
public import Knowledge

/// The audit log: who did what to what, when.
///
/// What is done is written here before its success is told to whoever did it, on disk and synced. A kill in between loses the
/// line of something that nobody was told of. Any task.
public final class AuditLog: Sendable {
    let store: AccessStore
    private let queue = AuditQueue()
    private let written = Counter()
    private let refused = Counter()

    public init(_ store: AccessStore) {
        self.store = store
    }

    /// Lines written since the start.
    public var writtenCount: UInt64 { written.value }
    /// Lines that could not be written.
    public var refusedCount: UInt64 { refused.value }

    /// Returns when the entries are durable. Those that wait at the same time share one transaction.
    public func append(_ entries: [AuditEntry]) async throws(AccessError) {
        guard !entries.isEmpty else { return }
        let result: Result<Void, AccessError> = await withCheckedContinuation { continuation in
            enqueue(entries) { continuation.resume(returning: $0) }
        }
        try result.get()
    }

    /// Writes entries that nobody waits for; when more wait than there is room for, they are left out and counted.
    public func note(_ entries: [AuditEntry]) {
        guard !entries.isEmpty else { return }
        enqueue(entries) { _ in }
    }

    private func enqueue(_ entries: [AuditEntry], _ finish: @escaping @Sendable (Result<Void, AccessError>) -> Void) {
        let request = AuditQueue.Request(entries: entries) { [written, refused] result in
            switch result {
            case .success: written.add(UInt64(entries.count))
            case .failure: refused.add(UInt64(entries.count))
            }
            finish(result)
        }
        switch queue.add(request) {
        case .first: store.withDatabase { [self] db in drain(db) }
        case .queued: break
        case .refused: request.finish(.failure(.overloaded))
        }
    }

    private func drain(_ db: Database) {
        let requests = queue.take()
        guard !requests.isEmpty else { return }
        let result: Result<Void, AccessError>
        do {
            try db.inTransaction {
                try AuditChain.append(requests.flatMap(\.entries), db)
                return .commit
            }
            result = .success(())
        } catch {
            result = .failure(AccessError(error, file: store.file))
        }
        for request in requests { request.finish(result) }
        // Behind whatever else waits for the database.
        store.withDatabase { [self] db in drain(db) }
    }

    /// One page of the log, the newest first.
    ///
    /// - Parameters:
    ///   - tenant: whose lines; `nil` for all.
    ///   - before: `nil` for the newest.
    public func page(
        of tenant: Tenant?, before: Int64?, limit: Int
    ) async throws(AccessError) -> [AuditLine] {
        try await store.write { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT seq, line, hash FROM audit
                    WHERE seq < :before \(tenant == nil ? "" : "AND tenant = :tenant")
                    ORDER BY seq DESC LIMIT :limit
                    """,
                arguments: tenant == nil
                    ? ["before": before ?? .max, "limit": limit]
                    : ["before": before ?? .max, "limit": limit, "tenant": tenant?.name]
            ).map { AuditLine(seq: $0["seq"], line: $0["line"], hash: $0["hash"]) }
        }
    }
}
