public import Knowledge

/// Some of the answers that are kept, the most recently used first.
public struct WarmPage: Sendable, Hashable {
    public struct Item: Sendable, Hashable {
        public let tenant: Tenant
        public let fingerprint: Fingerprint
        /// By Redis' clock.
        public let lastUsedAt: Timestamp
    }

    public let items: [Item]
    /// Where to go on; `nil` after the last page. A page of one tenant may be short, or empty, and still go on.
    public let next: WarmCursor?
}

/// A place in the order of use: behind one member, which may be another tenant's, so that it is named by a hash.
public struct WarmCursor: Sendable, Hashable, CustomStringConvertible {
    package let recencyMicroseconds: Int64
    /// Of the member; of those used in the same microsecond the page goes on behind it.
    package let memberHash: UInt64

    package init(recencyMicroseconds: Int64, member: String) {
        self.init(recencyMicroseconds: recencyMicroseconds, memberHash: Self.hash(of: member))
    }

    private init(recencyMicroseconds: Int64, memberHash: UInt64) {
        self.recencyMicroseconds = recencyMicroseconds
        self.memberHash = memberHash
    }

    /// Reads `description` back; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "~", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let recency = Int64(parts[0]), recency >= 0, let hash = UInt64(parts[1], radix: 16)
        else {
            return nil
        }
        self.init(recencyMicroseconds: recency, memberHash: hash)
    }

    public var description: String { "\(recencyMicroseconds)~\(String(memberHash, radix: 16))" }

    /// Fingerprints are keyed, so nobody finds the member to a hash.
    package static func hash(of member: String) -> UInt64 { Footprint.hash(member) }
}
