extension ThermoclineClient {
    /// A key as the server tells of it: everything but its secret.
    public struct AccessKey: Sendable, Hashable, Decodable {
        public let id: String
        public let tenant: String
        /// "reader", "writer", "admin" or "operator".
        public let role: String
        /// What people call it.
        public let name: String
        /// In RFC 3339.
        public let createdAt: String
        /// `nil` while it is good.
        public let revokedAt: String?
    }

    /// What a walk along the audit log's chain found.
    public struct AuditCheck: Sendable, Hashable, Decodable {
        public struct Break: Sendable, Hashable, Decodable {
            public let seq: Int64
            public let reason: String
        }

        public let lines: Int
        public let firstSeq: Int64
        public let lastSeq: Int64
        /// In hexadecimal.
        public let lastHash: String
        /// The first line where the chain does not hold; `nil` when it holds.
        public let firstBreak: Break?
    }
}
