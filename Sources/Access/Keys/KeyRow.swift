import Foundation
import GRDB
import Knowledge

/// A row of `access_key`.
enum KeyRow {
    private static let columns = "id, tenant, role, name, created_at, revoked_at, digest"

    /// The keys that let someone in. A row of a role or tenant that this version does not know lets nobody in.
    static func good(_ db: Database) throws -> [(record: KeyRecord, digest: [UInt8])] {
        try Row.fetchAll(db, sql: "SELECT \(columns) FROM access_key WHERE revoked_at IS NULL").compactMap { row in
            record(row).map { ($0, [UInt8](row["digest"] as Data)) }
        }
    }

    /// - Parameter tenant: `nil` for all.
    static func list(_ db: Database, tenant: Tenant?, after: String?, limit: Int) throws -> [KeyRecord] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT \(columns) FROM access_key
                WHERE (:tenant IS NULL OR tenant = :tenant) AND (:after IS NULL OR id > :after)
                ORDER BY id LIMIT :limit
                """,
            arguments: ["tenant": tenant?.name, "after": after, "limit": limit]
        ).compactMap(record)
    }

    static func find(_ db: Database, id: String) throws -> KeyRecord? {
        try Row.fetchOne(db, sql: "SELECT \(columns) FROM access_key WHERE id = ?", arguments: [id]).flatMap(record)
    }

    static func insert(_ db: Database, _ record: KeyRecord, digest: [UInt8]) throws {
        try db.execute(
            sql: "INSERT INTO access_key (\(columns)) VALUES (?, ?, ?, ?, ?, NULL, ?)",
            arguments: [
                record.id, record.tenant.name, record.role.rawValue, record.name, record.createdAt.milliseconds,
                Data(digest),
            ])
    }

    static func revoke(_ db: Database, id: String, at now: Timestamp) throws {
        try db.execute(
            sql: "UPDATE access_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
            arguments: [now.milliseconds, id])
    }

    static func countOfGood(_ db: Database, tenant: Tenant) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT count(*) FROM access_key WHERE tenant = ? AND revoked_at IS NULL",
            arguments: [tenant.name]) ?? 0
    }

    /// Forgets the tenant's keys that were revoked first, beyond `limit` of them.
    static func trimRevoked(_ db: Database, tenant: Tenant, keeping limit: Int) throws {
        try db.execute(
            sql: """
                DELETE FROM access_key WHERE id IN (
                    SELECT id FROM access_key WHERE tenant = ? AND revoked_at IS NOT NULL
                    ORDER BY revoked_at DESC LIMIT -1 OFFSET ?)
                """,
            arguments: [tenant.name, limit])
    }

    private static func record(_ row: Row) -> KeyRecord? {
        guard let tenant = Tenant(row["tenant"] as String), let role = Role(rawValue: row["role"]) else { return nil }
        return KeyRecord(
            id: row["id"], tenant: tenant, role: role, name: row["name"],
            createdAt: Timestamp(milliseconds: row["created_at"]),
            revokedAt: (row["revoked_at"] as Int64?).map { Timestamp(milliseconds: $0) })
    }
}
