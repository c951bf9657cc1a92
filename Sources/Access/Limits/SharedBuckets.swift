public import Knowledge

/// The buckets that servers have in common, as far as they can be reached.
public struct SharedBuckets: Sendable {
    /// A wish for tokens of one caller.
    public struct Request: Sendable, Hashable {
        public let tenant: Tenant
        public let subject: String
        /// Tokens that are needed now.
        public let cost: Int
        /// Tokens of the last lease that were not used: they go back first.
        public let returned: Int
        /// What the bucket lacks at least, by what passed here while it could not be reached.
        public let missingMicroseconds: Int64
    }

    public enum Reply: Sendable, Hashable {
        /// At least what is needed now; what is beyond may be used for so long.
        case granted(tokens: Int, fullInMicroseconds: Int64, leaseMicroseconds: Int64)
        case refused(retryInMicroseconds: Int64, fullInMicroseconds: Int64)
    }

    /// A part of what nobody else has leased; so many servers can hold leases of a burst before one gets none.
    public static let leaseShare = 4

    /// `nil` when they could not be asked, or not in time.
    public let take: @Sendable (Request, RateLimit, LimitMode) async -> Reply?
    /// Whether asking has a chance.
    public let isReachable: @Sendable () -> Bool

    public init(
        isReachable: @escaping @Sendable () -> Bool,
        take: @escaping @Sendable (Request, RateLimit, LimitMode) async -> Reply?
    ) {
        self.take = take
        self.isReachable = isReachable
    }
}
