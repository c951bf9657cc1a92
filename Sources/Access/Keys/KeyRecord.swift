public import Knowledge

/// What is known of a key: everything but its secret.
public struct KeyRecord: Sendable, Hashable {
    /// Of a name, in characters: enough for "ci of the payments team".
    public static let maximumNameLength = 100

    public let id: String
    public let tenant: Tenant
    /// The highest of its roles; it brings those below.
    public let role: Role
    /// What people call it; may be empty.
    public let name: String
    public let createdAt: Timestamp
    /// `nil` while it is good.
    public let revokedAt: Timestamp?

    /// Who a caller with this key is.
    public var caller: Caller {
        Caller(tenant: tenant, roles: role.including, subject: "key:" + id, keyID: id)
    }
}
