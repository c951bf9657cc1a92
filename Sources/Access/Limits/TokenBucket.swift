/// A token bucket as one number: when it is full again. A pure value.
///
/// The generic cell rate algorithm (ITU-T I.371, annex A): with one token each `tokenMicroseconds`, a bucket that is
/// full in d microseconds lacks d / `tokenMicroseconds` tokens. There is nothing to refill, and a bucket nobody uses
/// is like one that never was. Times are microseconds of any one steady clock.
public struct TokenBucket: Sendable, Hashable {
    /// Any moment that has passed stands for full.
    private(set) var fullAt = Int64.min

    public init() {}

    /// Takes `cost` tokens if they are there.
    ///
    /// - Parameter cost: 1…`limit.burst`.
    /// - Returns: `nil` when they were taken, else after how many microseconds they will be there if nobody takes any.
    public mutating func take(_ cost: Int, at now: Int64, of limit: RateLimit) -> Int64? {
        let after = max(fullAt, now) + Int64(cost) * limit.tokenMicroseconds
        let excess = after - now - limit.fullMicroseconds
        guard excess <= 0 else { return excess }
        fullAt = after
        return nil
    }

    /// Whole tokens that are there.
    public func tokens(at now: Int64, of limit: RateLimit) -> Int {
        max(0, Int((limit.fullMicroseconds - missing(at: now)) / limit.tokenMicroseconds))
    }

    /// Microseconds until it is full.
    public func missing(at now: Int64) -> Int64 { max(fullAt, now) - now }

    mutating func setMissing(_ microseconds: Int64, at now: Int64) {
        fullAt = now + max(microseconds, 0)
    }

    /// Puts tokens in that were taken out and not used.
    mutating func giveBack(_ tokens: Int, at now: Int64, of limit: RateLimit) {
        fullAt = max(fullAt, now) - Int64(tokens) * limit.tokenMicroseconds
    }
}
