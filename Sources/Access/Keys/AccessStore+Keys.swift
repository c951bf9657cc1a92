import Crypto
import GRDB
public import Knowledge

extension AccessStore {
    /// Good keys of one tenant; and as many revoked ones are remembered, to be listed.
    public static let maximumKeysOfTenant = 1_000

    /// Makes a key. Its text is never to be had again.
    public func createKey(
        tenant: Tenant, role: Role, name: String, at now: Timestamp
    ) async throws(AccessError) -> (key: AccessKey, record: KeyRecord) {
        let key = AccessKey.random()
        let record = KeyRecord(id: key.id, tenant: tenant, role: role, name: name, createdAt: now, revokedAt: nil)
        let digest = Array(key.digest)
        try await write { db in
            guard try KeyRow.countOfGood(db, tenant: tenant) < Self.maximumKeysOfTenant else {
                throw AccessError.tooManyKeys(maximum: Self.maximumKeysOfTenant)
            }
            try KeyRow.insert(db, record, digest: digest)
        }
        keys.add(record, digest: digest)
        return (key, record)
    }

    /// Ends a key: who comes with it is refused from before this returns.
    ///
    /// - Parameter tenant: whose key it must be; `nil` for anyone's.
    /// - Returns: the key as it was; `nil` when there is no such key to end.
    public func revokeKey(_ id: String, of tenant: Tenant?, at now: Timestamp) async throws(AccessError) -> KeyRecord? {
        let revoked = try await write { db -> KeyRecord? in
            guard let record = try KeyRow.find(db, id: id), record.revokedAt == nil,
                tenant == nil || record.tenant == tenant
            else { return nil }
            try KeyRow.revoke(db, id: id, at: now)
            try KeyRow.trimRevoked(db, tenant: record.tenant, keeping: Self.maximumKeysOfTenant)
            return record
        }
        if let revoked { keys.remove(revoked.id) }
        return revoked
    }

    /// A key, good or revoked.
    ///
    /// - Parameter tenant: whose it must be; `nil` for anyone's.
    public func key(_ id: String, of tenant: Tenant?) async throws(AccessError) -> KeyRecord? {
        let found = try await write { db in try KeyRow.find(db, id: id) }
        return found.flatMap { tenant == nil || $0.tenant == tenant ? $0 : nil }
    }

    /// Keys in the order of their ids, revoked ones among them.
    ///
    /// - Parameter tenant: whose; `nil` for everyone's.
    public func listKeys(
        of tenant: Tenant?, after: String? = nil, limit: Int
    ) async throws(AccessError) -> [KeyRecord] {
        try await write { db in try KeyRow.list(db, tenant: tenant, after: after, limit: limit) }
    }
}
