public import ColdTier
import Embedding
public import HotTier
public import Knowledge
public import Routing
public import WarmTier

/// The parts that answer questions, wired once at the start and shared by every request.
public final class TierStack: Sendable {
    public let hot: HotTier
    public let warm: WarmTier
    public let cold: ColdTier
    public let encoder: EncoderSlot
    public let ledger: AccessLedger
    public let rules: RoutingRules
    public let time: TimeSource
    /// How long an answer may be served, before jitter.
    public let answerLifetimeMilliseconds: Int64
    public let metrics = QuestionMetrics()

    let fingerprinter: Fingerprinter
    let flights = Flights()
    let questionVectors = EmbeddingCache()
    let demotions = BoundedTasks(limit: 64)

    public init(
        hot: HotTier, warm: WarmTier, cold: ColdTier, encoder: EncoderSlot, ledger: AccessLedger = AccessLedger(),
        rules: RoutingRules, time: TimeSource = .system, answerLifetimeMilliseconds: Int64
    ) {
        self.hot = hot
        self.warm = warm
        self.cold = cold
        self.encoder = encoder
        self.ledger = ledger
        self.rules = rules
        self.time = time
        self.answerLifetimeMilliseconds = answerLifetimeMilliseconds
        fingerprinter = Fingerprinter(secret: cold.fingerprintSecret)
    }
}
