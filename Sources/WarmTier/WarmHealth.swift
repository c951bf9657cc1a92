/// How the warm tier does at one moment.
public struct WarmHealth: Sendable, Hashable {
    public enum Status: String, Sendable, Hashable, CaseIterable {
        case disabled
        /// Connecting, or waiting to try again.
        case down
        /// Connected, but Redis fails or is slow: not asked until it answers a probe.
        case breakerOpen = "breaker_open"
        case up
        /// Answers are read, but Redis takes no new ones.
        case refusingWrites = "refusing_writes"
        case closed
    }

    public let status: Status
    /// One line for people; `nil` when up.
    public let reason: String?
    /// Of the latest command answered in time; `nil` before the first.
    public let lastRoundTripMicroseconds: Double?

    /// True when look-ups are sent to Redis.
    public var isServing: Bool { status == .up || status == .refusingWrites }
}
