import Crypto
import Foundation
import GRDB
import Knowledge

/// The lines of the audit log in the database, each bound to all before it.
///
/// A line's hash is the SHA-256 of the previous hash and its own bytes; the first begins with 32 zeros, or, when older lines
/// were removed, with the hash of the last of those. Changing, removing, inserting or reordering lines breaks the chain at the
/// first such place. Who can write the file can make a whole new chain: only a last hash noted elsewhere shows that, and
/// lines cut off at the end.
enum AuditChain {
    /// What the next line follows.
    struct End: Hashable {
        let seq: Int64
        let hash: Data
    }

    static func end(_ db: Database) throws -> End {
        if let row = try Row.fetchOne(db, sql: "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1") {
            return End(seq: row["seq"], hash: row["hash"])
        }
        let start = try start(db)
        return End(seq: start.seq - 1, hash: start.hash)
    }

    /// The first line kept, and the hash before it.
    static func start(_ db: Database) throws -> End {
        guard let row = try Row.fetchOne(db, sql: "SELECT seq, hash FROM audit_start") else {
            return End(seq: 1, hash: Data(count: SHA256Digest.byteCount))
        }
        return End(seq: row["seq"], hash: row["hash"])
    }

    static func append(_ entries: [AuditEntry], _ db: Database) throws {
        var end = try end(db)
        let statement = try db.cachedStatement(
            sql: "INSERT INTO audit (seq, at, tenant, line, hash) VALUES (?, ?, ?, ?, ?)")
        for entry in entries {
            let seq = end.seq + 1
            let line = entry.line(seq)
            end = End(seq: seq, hash: hash(line, after: end.hash))
            try statement.execute(arguments: [
                seq, entry.at.milliseconds, entry.tenant?.name, String(decoding: line, as: UTF8.self), end.hash,
            ])
        }
    }

    static func hash(_ line: some Sequence<UInt8>, after previous: Data) -> Data {
        var hasher = SHA256()
        hasher.update(data: previous)
        hasher.update(data: Array(line))
        return Data(hasher.finalize())
    }
}
