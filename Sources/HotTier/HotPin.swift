public import Knowledge

/// A question whose answer a tenant keeps in hot, by the fingerprint alone.
///
/// It holds no answer: one that is there is never evicted, and one that comes is placed in hot whatever the router says.
public struct HotPin: Sendable, Hashable {
    public let tenant: Tenant
    public let fingerprint: Fingerprint

    public init(tenant: Tenant, fingerprint: Fingerprint) {
        self.tenant = tenant
        self.fingerprint = fingerprint
    }
}

/// What became of a pin.
public enum HotPinning: Sendable, Hashable {
    /// - Parameter holdsAnswer: whether the answer is in hot and safe from eviction already.
    case pinned(holdsAnswer: Bool)
    /// In words for the operator.
    case refused(String)
}
