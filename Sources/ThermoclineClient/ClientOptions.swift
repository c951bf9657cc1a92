/// How patient a client is.
public struct ClientOptions: Sendable, Hashable {
    /// For a call, its retries and pauses included.
    public var deadline: Duration
    /// The same for a bulk request that is sent whole: a batch has to be encoded and stored within it.
    public var bulkDeadline: Duration
    /// How often a call is tried at most; 1 repeats nothing.
    public var attempts: Int
    /// About the pause before the second attempt; it doubles from there. Each pause is a random part of it, from half
    /// to the whole, so that many clients do not come back at once.
    public var firstPause: Duration
    /// Pauses of the client's own choice grow no longer than this. One that the server asks for may be longer: the
    /// deadline alone bounds it, and a call whose deadline comes first fails at once.
    public var maximumPause: Duration
    /// Open at once.
    public var connections: Int

    public init(
        deadline: Duration = .seconds(30), bulkDeadline: Duration = .seconds(600), attempts: Int = 4,
        firstPause: Duration = .milliseconds(100), maximumPause: Duration = .seconds(5), connections: Int = 8
    ) {
        self.deadline = deadline
        self.bulkDeadline = bulkDeadline
        self.attempts = max(attempts, 1)
        self.firstPause = max(firstPause, .zero)
        self.maximumPause = max(maximumPause, .zero)
        self.connections = max(connections, 1)
    }
}
