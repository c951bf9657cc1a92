extension ThermoclineClient {
    /// How the server's parts do.
    public struct HealthReport: Sendable, Hashable, Decodable {
        public struct Component: Sendable, Hashable, Decodable {
            /// "healthy", "degraded", "unhealthy" or "disabled".
            public let status: String
            /// Why it is not at its best.
            public let reason: String?
            public let itemCount: Int?
            /// The change to another encoder, where one is under way.
            public let reembedding: Reembedding?
            /// Texts that are being stored anew, where that is under way.
            public let recoding: Recoding?
        }

        public struct Recoding: Sendable, Hashable, Decodable {
            /// "sealing", "rekeying" or "compressing".
            public let work: String
            /// Items.
            public let done: Int
            public let total: Int
            /// Why it does not go on at the moment.
            public let problem: String?
        }

        public struct Reembedding: Sendable, Hashable, Decodable {
            public let encoder: String
            /// Items.
            public let done: Int
            public let total: Int
        }

        /// "healthy", "degraded" (answers are right, but slower) or "unhealthy".
        public let overallStatus: String
        /// By their names: "hot_cache", "warm_cache", "cold_storage", "encoder", …
        public let components: [String: Component]
    }

    /// Which server and which store it is.
    public struct SystemInfo: Sendable, Hashable {
        public let version: String
        /// The store's UUID: another one after a restored backup.
        public let storeID: String
        /// Rises with every change of the knowledge.
        public let knowledgeVersion: Int
    }
}
