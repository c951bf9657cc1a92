public import Access
import ColdTier
import Foundation
public import Knowledge

/// Keys and audit of a data directory opened without serving it, for commands that work on them while no server has it.
public struct OpenAccess: Sendable {
    /// Who the audit log says it was.
    static let subject = "command line"

    private let lock: DirectoryLock
    private let store: AccessStore
    private let audit: AuditLog

    /// Throws `OpenStore.InUse`, or `StartError` with one line that says what to do.
    public init(_ settings: Settings) async throws {
        do {
            lock = try DirectoryLock.acquire(directory: settings.dataDirectory)
        } catch {
            if case .locked(_, let owner) = error { throw OpenStore.InUse(owner: owner) }
            throw StartError.failed("\(error)")
        }
        do {
            store = try await AccessStore.open(directory: settings.dataDirectory)
        } catch {
            lock.release()
            throw StartError.failed("\(error)")
        }
        audit = AuditLog(store)
    }

    public func close() async {
        await store.close()
        lock.release()
    }

    /// The key's text and what is known of it.
    public func createKey(tenant: Tenant, role: Role, name: String) async throws -> (text: String, record: KeyRecord) {
        let now = TimeSource.system.now()
        let (key, record) = try await store.createKey(tenant: tenant, role: role, name: name, at: now)
        try await write(.keyCreate, record)
        return (key.text, record)
    }

    /// Whether there was such a key to revoke.
    public func revokeKey(_ id: String) async throws -> Bool {
        guard let record = try await store.revokeKey(id, of: nil, at: TimeSource.system.now()) else { return false }
        try await write(.keyRevoke, record)
        return true
    }

    /// - Parameter tenant: whose; `nil` for everyone's.
    public func listKeys(of tenant: Tenant?, after: String?, limit: Int) async throws -> [KeyRecord] {
        try await store.listKeys(of: tenant, after: after, limit: limit)
    }

    public func verifyAudit() async throws -> AuditVerification { try await audit.verify() }

    /// Says in the log that is there now what was put in the place of what was.
    /// - Parameter backup: its file's name.
    public func noteRestore(_ backup: String, items: Int, changeNumber: Int) async throws {
        try await audit.append([
            AuditEntry(
                at: TimeSource.system.now(), tenant: nil, subject: Self.subject, action: .backupRestore,
                target: "backup " + backup, details: [.init("items", items), .init("change_number", changeNumber)])
        ])
    }

    private func write(_ action: AuditAction, _ record: KeyRecord) async throws {
        try await audit.append([
            AuditEntry(
                at: TimeSource.system.now(), tenant: record.tenant, subject: Self.subject, action: action,
                target: "key " + record.id, details: record.auditDetails)
        ])
    }
}
