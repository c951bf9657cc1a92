public import ColdTier

/// A write ended otherwise than the test needs to go on.
public struct UnexpectedOutcome: Error {
    public let outcome: ItemOutcome?

    public init(outcome: ItemOutcome?) {
        self.outcome = outcome
    }
}
