/// One isolated owner of knowledge: everything stored, cached or counted belongs to exactly one.
///
/// 1…63 characters of `[a-z0-9_-]`, the first a letter or a digit, so that a name can stand in a
/// Redis key, a metric label or a file name without quoting.
public struct Tenant: Hashable, Sendable, CustomStringConvertible {
    public static let maximumNameLength = 63
    public static let `default` = Tenant(unchecked: "default")

    public let name: String

    /// `nil` when `name` breaks the rule above.
    public init?(_ name: String) {
        let bytes = name.utf8
        guard let first = bytes.first, bytes.count <= Self.maximumNameLength,
            first != UInt8(ascii: "-"), first != UInt8(ascii: "_"),
            bytes.allSatisfy({ byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            })
        else { return nil }
        self.name = name
    }

    private init(unchecked name: String) {
        self.name = name
    }

    public var description: String { name }
}

/// What a caller may do. A caller holds a set of roles; a key or token names one, which brings those before it.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Asks questions, reads knowledge, gives feedback.
    case reader
    /// Changes knowledge.
    case writer
    /// Runs one tenant: its tiers, keys and audit.
    case admin
    /// Runs the installation: backup, verification, compaction, metrics of all tenants.
    case `operator`

    /// This role and those before it.
    public var including: Set<Role> {
        Set(Role.allCases.prefix { $0 != self } + [self])
    }
}

/// Who is asking. Goes through every step of a request; its tenant bounds all that the request sees.
public struct Caller: Sendable, Hashable {
    /// The caller of a server that requires no keys: may do everything, in the default tenant.
    public static let anonymous = Caller(tenant: .default, roles: Set(Role.allCases))
    /// A caller of whom nothing is known: may do nothing.
    public static let nobody = Caller(tenant: .default, roles: [], subject: "nobody")

    public let tenant: Tenant
    public let roles: Set<Role>
    /// Tells the callers of one tenant apart: each has one vote an item. Without keys all are one.
    public let subject: String
    /// Of the key it came with; `nil` for a token and for the anonymous.
    public let keyID: String?

    /// Whose figures it may see: its own tenant's, or everyone's.
    public var visibleTenant: Tenant? { roles.contains(.operator) ? nil : tenant }

    public init(tenant: Tenant, roles: Set<Role>, subject: String = "anonymous", keyID: String? = nil) {
        self.tenant = tenant
        self.roles = roles
        self.subject = subject
        self.keyID = keyID
    }
}
