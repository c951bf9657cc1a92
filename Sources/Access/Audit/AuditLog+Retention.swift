import Foundation
import GRDB
public import Knowledge

extension AuditLog {
    /// Lines removed in one transaction.
    private static let stepLines: Int64 = 10_000

    /// Removes lines from before `time`, the oldest first, and writes down what the rest begins with, so that its chain can
    /// still be verified.
    ///
    /// - Returns: how many lines went.
    public func removeLines(before time: Timestamp, at now: Timestamp) async throws(AccessError) -> Int {
        var removed = 0
        while case let count = try await removeSome(before: time, at: now), count > 0 { removed += count }
        return removed
    }

    private func removeSome(before time: Timestamp, at now: Timestamp) async throws(AccessError) -> Int {
        try await store.write { db in
            let start = try AuditChain.start(db)
            // In the chain's order: a clock set back keeps lines, it does not tear a hole.
            let firstKept = try Int64.fetchOne(
                db, sql: "SELECT seq FROM audit WHERE seq >= ? AND at >= ? ORDER BY seq LIMIT 1",
                arguments: [start.seq, time.milliseconds])
            let lastSeq = try AuditChain.end(db).seq
            let last = min((firstKept ?? lastSeq + 1) - 1, start.seq + Self.stepLines - 1)
            guard last >= start.seq,
                let hash = try Data.fetchOne(db, sql: "SELECT hash FROM audit WHERE seq = ?", arguments: [last])
            else { return 0 }
            try AuditChain.append(
                [
                    AuditEntry(
                        at: now, tenant: nil, subject: "server", action: .auditTrim,
                        details: [.init("removed_through", Int(last)), .init("hash", hash.hexadecimal)])
                ], db)
            try db.execute(sql: "UPDATE audit_start SET seq = ?, hash = ?", arguments: [last + 1, hash])
            try db.execute(sql: "DELETE FROM audit WHERE seq <= ?", arguments: [last])
            return Int(last - start.seq + 1)
        }
    }
}
