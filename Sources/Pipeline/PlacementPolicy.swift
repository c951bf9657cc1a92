public import Routing

/// Where answers are placed and how long they may be served.
public struct PlacementPolicy: Sendable {
    public let rules: RoutingRules
    /// How long an answer may be served, before jitter.
    public let answerLifetimeMilliseconds: Int64
    /// How long an answer without results may be served, before jitter; never longer than one with results.
    public let negativeLifetimeMilliseconds: Int64

    public init(rules: RoutingRules, answerLifetimeMilliseconds: Int64, negativeLifetimeMilliseconds: Int64) {
        self.rules = rules
        self.answerLifetimeMilliseconds = answerLifetimeMilliseconds
        self.negativeLifetimeMilliseconds = min(negativeLifetimeMilliseconds, answerLifetimeMilliseconds)
    }
}
