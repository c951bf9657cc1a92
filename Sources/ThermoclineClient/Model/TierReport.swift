extension ThermoclineClient {
    /// How one tier does. Figures that it does not have are `nil`.
    public struct TierReport: Sendable, Hashable, Decodable {
        /// Look-ups over some time.
        public struct Lookups: Sendable, Hashable, Decodable {
            public let hits: Int
            public let misses: Int
            /// In percent.
            public let hitRate: Double
        }

        /// "hot_memory", "warm_cache" or "cold_storage".
        public let name: String
        public let size: Int?
        public let capacity: Int?
        public let bytes: Int?
        public let maximumBytes: Int?
        public let hits: Int
        public let misses: Int
        /// In percent.
        public let hitRate: Double
        /// This and the next three are told to operators alone.
        public let admissions: Int?
        public let evictions: Int?
        public let expirations: Int?
        public let invalidations: Int?
        public let p50Ms: Double
        public let p95Ms: Double
        public let p99Ms: Double
        /// By their names: "1m", "5m", "1h", "since_start".
        public let windows: [String: Lookups]
    }

    /// The three tiers.
    public struct Tiers: Sendable, Hashable, Decodable {
        public let hot: TierReport
        public let warm: TierReport
        public let cold: TierReport
    }
}
