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

/// A place in the order of use: behind one member.
public struct WarmCursor: Sendable, Hashable, CustomStringConvertible {
    package let recencyMicroseconds: Int64
    package let member: String

    package init(recencyMicroseconds: Int64, member: String) {
        self.recencyMicroseconds = recencyMicroseconds
        self.member = member
    }

    /// Reads `description` back; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "~", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let recency = Int64(parts[0]), recency >= 0, !parts[1].isEmpty else { return nil }
        self.init(recencyMicroseconds: recency, member: String(parts[1]))
    }

    public var description: String { "\(recencyMicroseconds)~\(member)" }
}
