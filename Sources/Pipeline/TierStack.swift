public import ColdTier
import Embedding
public import HotTier
public import Knowledge
public import Routing
public import WarmTier

/// The parts that answer questions, wired once at the start and shared by every request.
public final class TierStack: Sendable {
    /// A fresh search takes a few milliseconds; waiting longer than that for Redis saves nothing.
    public static let defaultWarmAllowance = Duration.milliseconds(5)

    public let hot: HotTier
    public let warm: WarmTier
    public let cold: ColdTier
    public let encoder: EncoderSlot
    public let ledger: AccessLedger
    public let ghost = GhostCache()
    public let rules: RoutingRules
    /// `nil` while they are off.
    public let semantic: SemanticHits?
    public let time: TimeSource
    /// How long an answer may be served, before jitter.
    public let answerLifetimeMilliseconds: Int64
    /// What one question may spend on Redis in all, reading and placing.
    public let warmAllowance: Duration
    public let metrics = QuestionMetrics()

    let fingerprinter: Fingerprinter
    let flights = Flights()
    let questionVectors = EmbeddingCache()
    let demotions = BoundedTasks(limit: 64)

    public init(
        hot: HotTier, warm: WarmTier, cold: ColdTier, encoder: EncoderSlot, ledger: AccessLedger = AccessLedger(),
        rules: RoutingRules, semantic: SemanticHits? = nil, time: TimeSource = .system,
        answerLifetimeMilliseconds: Int64,
        warmAllowance: Duration = TierStack.defaultWarmAllowance
    ) {
        self.hot = hot
        self.warm = warm
        self.cold = cold
        self.encoder = encoder
        self.ledger = ledger
        self.rules = rules
        self.semantic = semantic
        self.time = time
        self.answerLifetimeMilliseconds = answerLifetimeMilliseconds
        self.warmAllowance = warmAllowance
        fingerprinter = Fingerprinter(secret: cold.fingerprintSecret)
    }
}
