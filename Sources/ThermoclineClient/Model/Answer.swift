extension ThermoclineClient {
    /// The reply to a question.
    public struct Answer: Sendable, Hashable, Decodable {
        /// An item that fits, best first.
        public struct Result: Sendable, Hashable, Decodable, Identifiable {
            public let id: String
            public let version: Int
            public let issue: String
            public let resolution: String
            public let category: String
            public let tags: [String]
            /// The cosine of question and item; 0 where `scoreBasis` is "lexical".
            public let similarityScore: Double
            /// "high", "medium" or "low".
            public let confidence: String
            public let scoreBasis: String
            /// What ranked it, where that is not the similarity.
            public let score: Double?
        }

        /// Where the answer came from and where it is kept.
        public struct Routing: Sendable, Hashable, Decodable {
            /// "hot_memory", "warm_cache", "cold_storage" or "no_results".
            public let tierUsed: String
            /// "exact", "semantic" or "search".
            public let match: String
            /// The question whose answer was reused.
            public let matchedQuery: String?
            public let reason: String
            public let placedIn: String
            public let placementRefused: String?
            public let accessCount: Int
            public let coalesced: Bool
            /// Parts that the answer had to do without.
            public let degraded: [String]
            /// Whether it had expired, and stands in for one that cannot be computed.
            public let stale: Bool?
            public let totalItemsSearched: Int
        }

        public struct Step: Sendable, Hashable, Decodable {
            public let step: String
            public let outcome: String
            public let microseconds: Int
            public let detail: String?
            public let candidates: [Candidate]?
        }

        /// Of a step: a kept question, or an item by its id.
        public struct Candidate: Sendable, Hashable, Decodable {
            public let query: String?
            public let id: String?
            public let similarity: Double
            public let rule: String?
        }

        public let query: String
        public let results: [Result]
        /// Where there is no result.
        public let message: String?
        public let searchMilliseconds: Double
        public let routing: Routing
        /// Where the question asked for it.
        public let steps: [Step]?

        /// Names after the conversion from snake case.
        private enum CodingKeys: String, CodingKey {
            case query
            case results
            case message
            case searchMilliseconds = "searchTimeMs"
            case routing = "routingInfo"
            case steps = "explain"
        }

        /// Reads a reply as the API sends it.
        public init(json: [UInt8]) throws(ClientError) { self = try APICoding.value(from: json) }
    }
}
