public import ColdTier
import Embedding
public import HotTier
public import Knowledge
public import Routing
import Synchronization
public import WarmTier

/// The parts that answer questions, wired once at the start and shared by every request.
public final class TierStack: Sendable {
    /// A fresh search takes a few milliseconds; waiting longer than that for Redis saves nothing.
    public static let defaultWarmAllowance = Duration.milliseconds(5)
    /// What nobody knew a minute ago, somebody may have looked up elsewhere; and such questions are the ones repeated
    /// with other words, which fill the tiers with nothing.
    public static let defaultNegativeLifetimeMilliseconds: Int64 = 60_000

    public let hot: HotTier
    public let warm: WarmTier
    public let cold: ColdTier
    public let encoder: EncoderSlot
    public let ledger: AccessLedger
    public let ghost = GhostCache()
    /// `nil` while they are off.
    public let semantic: SemanticHits?
    public let time: TimeSource
    /// What one question may spend on Redis in all, reading and placing.
    public let warmAllowance: Duration
    public let metrics = QuestionMetrics()

    /// Where answers go and for how long; swapped whole.
    private let placement: Mutex<PlacementPolicy>
    let fingerprinter: Fingerprinter
    let flights = Flights()
    let questionVectors = EmbeddingCache()
    let demotions = BoundedTasks(limit: 64)
    let earlyRefresh: EarlyRefresh
    let refreshes = BoundedTasks(limit: EarlyRefresh.maximumCount)

    /// - Parameter uniform: as in `EarlyRefresh`.
    public init(
        hot: HotTier, warm: WarmTier, cold: ColdTier, encoder: EncoderSlot, ledger: AccessLedger = AccessLedger(),
        rules: RoutingRules, semantic: SemanticHits? = nil, time: TimeSource = .system,
        answerLifetimeMilliseconds: Int64,
        negativeLifetimeMilliseconds: Int64 = TierStack.defaultNegativeLifetimeMilliseconds,
        warmAllowance: Duration = TierStack.defaultWarmAllowance,
        uniform: @escaping @Sendable () -> Double = EarlyRefresh.systemRandom
    ) {
        self.hot = hot
        self.warm = warm
        self.cold = cold
        self.encoder = encoder
        self.ledger = ledger
        placement = Mutex(
            PlacementPolicy(
                rules: rules, answerLifetimeMilliseconds: answerLifetimeMilliseconds,
                negativeLifetimeMilliseconds: negativeLifetimeMilliseconds))
        self.semantic = semantic
        self.time = time
        self.warmAllowance = warmAllowance
        earlyRefresh = EarlyRefresh(uniform: uniform)
        fingerprinter = Fingerprinter(secret: cold.fingerprintSecret)
    }

    /// The policy in force. What was placed by another one stays where it is, for as long as it was given.
    public var policy: PlacementPolicy {
        get { placement.withLock { $0 } }
        set { placement.withLock { $0 = newValue } }
    }
    public var rules: RoutingRules { placement.withLock { $0.rules } }
}
