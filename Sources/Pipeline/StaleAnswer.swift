import ColdTier
import HotTier
import Knowledge

/// What may be served while cold cannot be read: an answer that time has ended, never one that a change has.
struct StaleAnswer: Sendable {
    let answer: Answer
    /// Where it was found.
    let servedBy: ServedBy
    /// How long ago it expired; `nil` when it had not, and only its refresh failed.
    let expiredFor: Duration?

    /// Looks in hot, then at what warm gave.
    ///
    /// The store's change number and its last changes are in memory, so the check is as strict as at any hit.
    static func find(
        _ fingerprint: Fingerprint, key: QuestionKey, expiredInWarm: Answer?, in tiers: TierStack,
        _ invalidate: Invalidate
    ) -> StaleAnswer? {
        let now = tiers.time.now()
        let kept = [(tiers.hot.peek(fingerprint, key: key, at: now), ServedBy.hot), (expiredInWarm, .warm)]
        for case (let answer?, let tier) in kept
        where answer.key == key && invalidate.stands(answer, at: tiers.cold.changeNumber) {
            let overdue = now.milliseconds(since: answer.expiresAt)
            return StaleAnswer(
                answer: answer, servedBy: tier, expiredFor: overdue < 0 ? nil : .milliseconds(overdue))
        }
        return nil
    }
}
