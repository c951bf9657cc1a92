extension ThermoclineClient {
    /// What is asked. `nil` leaves a field to the server's default.
    public struct Question: Sendable, Hashable, Encodable {
        public enum Strategy: String, Sendable, Encodable {
            case auto
            case vector
            case lexical
            case hybrid
        }

        public enum Cache: String, Sendable, Encodable {
            case `default`
            /// Computed afresh, and not kept.
            case bypass
        }

        public var text: String
        /// Results at most.
        public var topK: Int?
        public var category: String?
        /// All must match.
        public var tags: [String]?
        /// Results are more similar than this, 0…1.
        public var minScore: Double?
        public var strategy: Strategy?
        /// With the way through the tiers, step by step.
        public var explain: Bool?
        public var cache: Cache?
        /// Asks for more likeness than the server does before another question's answer is reused.
        public var semanticThreshold: Double?

        public init(
            _ text: String, topK: Int? = nil, category: String? = nil, tags: [String]? = nil,
            minScore: Double? = nil, strategy: Strategy? = nil, explain: Bool? = nil, cache: Cache? = nil,
            semanticThreshold: Double? = nil
        ) {
            self.text = text
            self.topK = topK
            self.category = category
            self.tags = tags
            self.minScore = minScore
            self.strategy = strategy
            self.explain = explain
            self.cache = cache
            self.semanticThreshold = semanticThreshold
        }

        /// As the API takes it. Throws `.unusable` for a number that JSON does not have.
        public func json() throws(ClientError) -> [UInt8] { try APICoding.json(of: self) }
    }
}
