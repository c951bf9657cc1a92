public import HotTier
public import Knowledge
import Synchronization

/// Semantic hits as they are switched on: what they may do, what they remember, and what has become of them.
///
/// One for the server's life, shared by every request; there is none while they are off. Any thread.
public final class SemanticHits: Sendable {
    /// Chosen on labelled pairs: docs/semantic-hits.md.
    public static let standardThreshold = 0.82
    /// Verifications under way at once; what would exceed it goes unverified, as most do anyway.
    private static let maximumVerifications = 16
    /// Questions kept as the guard reads them, a few KB and 0.1 ms each.
    private static let maximumReadings = 1_024

    /// Share of the reuses that a fresh search verifies, 0…1.
    public let verifyShare: Double
    public let falseHits: FalseHits
    /// Durations of the whole step, whether something was reused or not.
    public let duration = LatencyHistogram()

    let verifications = BoundedTasks(limit: SemanticHits.maximumVerifications)
    private let judge: SemanticGuard
    private let verdicts: [ReuseVerdict: Counter]
    private let readings = Mutex(RecencyTable<QuestionKey, GuardedText>())

    /// - Parameters:
    ///   - threshold: the least cosine of two questions for one's answer to be reused for the other.
    ///   - falseHitRateMaximum: above it the threshold rises.
    public init(
        guardedBy judge: SemanticGuard, threshold: Double = SemanticHits.standardThreshold, verifyShare: Double,
        falseHitRateMaximum: Double
    ) {
        self.judge = judge
        self.verifyShare = verifyShare
        falseHits = FalseHits(ThresholdController(floor: threshold, rateMaximum: falseHitRateMaximum))
        verdicts = Dictionary(uniqueKeysWithValues: ReuseVerdict.counted.map { ($0, Counter()) })
    }

    /// The least cosine at which answers are reused for this tenant now.
    public func threshold(of tenant: Tenant) -> Double { falseHits.record(of: tenant).threshold }

    /// Candidates at the threshold or above that ended so.
    public func candidates(_ verdict: ReuseVerdict) -> UInt64 { verdicts[verdict]?.value ?? 0 }

    func count(_ verdict: ReuseVerdict) { verdicts[verdict]?.add() }

    var verifiesThis: Bool { Double.random(in: 0..<1) < verifyShare }

    func reading(of folded: String) -> GuardedText { judge.analysis(of: folded) }

    /// Whether the kept answer may stand for the question asked, as far as their words tell.
    func check(_ asked: GuardedText, against close: CloseAnswer) -> GuardVerdict {
        judge.check(asked: asked, cached: reading(of: close.answer.key), cosine: Float(close.similarity))
    }

    /// Kept questions come up again, so they are read once; those asked are not kept here.
    private func reading(of kept: QuestionKey) -> GuardedText {
        if let reading = readings.withLock({ $0.use(kept) { $0 } }) { return reading }
        let reading = reading(of: kept.foldedText)
        readings.withLock { readings in
            readings.insert(kept, reading)
            if readings.count > Self.maximumReadings { _ = readings.removeLeastRecent() }
        }
        return reading
    }
}
