import Access
import Knowledge
import ThermoclineClient

/// A key as a command shows it.
struct KeyLine: Sendable {
    let id: String
    let tenant: String
    let role: String
    let name: String
    let createdAt: String
    let revokedAt: String?

    init(_ record: KeyRecord) {
        id = record.id
        tenant = record.tenant.name
        role = record.role.rawValue
        name = record.name
        createdAt = record.createdAt.rfc3339
        revokedAt = record.revokedAt?.rfc3339
    }

    init(_ key: ThermoclineClient.AccessKey) {
        id = key.id
        tenant = key.tenant
        role = key.role
        name = key.name
        createdAt = key.createdAt
        revokedAt = key.revokedAt
    }

    /// Columns separated by tabs; the name, which people choose, is last.
    var text: String {
        let state = revokedAt.map { "revoked \($0)" } ?? "good"
        return [id, tenant, role, createdAt, state, name.filter { !$0.isNewline && $0 != "\t" }].joined(separator: "\t")
    }
}
