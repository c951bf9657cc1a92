/// How much a caller may do: so many tokens a minute, and so many at once.
public struct RateLimit: Sendable, Hashable {
    public static let perMinuteRange = 1...1_000_000
    public static let burstRange = 1...1_000_000

    /// Tokens that come each minute.
    public let perMinute: Int
    /// Tokens that are there at most.
    public let burst: Int
    /// Between one token and the next; rounded up, so that never more of them come than `perMinute`.
    public let tokenMicroseconds: Int64

    /// Values outside of their ranges are brought into them.
    public init(perMinute: Int, burst: Int) {
        self.perMinute = min(max(perMinute, Self.perMinuteRange.lowerBound), Self.perMinuteRange.upperBound)
        self.burst = min(max(burst, Self.burstRange.lowerBound), Self.burstRange.upperBound)
        tokenMicroseconds = (60_000_000 + Int64(self.perMinute) - 1) / Int64(self.perMinute)
    }

    /// What an empty bucket takes to be full.
    var fullMicroseconds: Int64 { Int64(burst) * tokenMicroseconds }

    /// A cost that the bucket can ever hold: a small burst makes dear requests rare, not impossible.
    func payable(_ cost: Int) -> Int { min(max(cost, 1), burst) }
}
