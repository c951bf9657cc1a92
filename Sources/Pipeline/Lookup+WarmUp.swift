import ColdTier
import HotTier
import Knowledge
import Routing
import WarmTier

/// What became of one question of a warm-up.
enum WarmUpOutcome: Sendable {
    case placed
    case alreadyHot
    /// Not answered, or refused by hot.
    case failed
    /// Known by its fingerprint alone, and no tier has the answer.
    case unknown
}

/// Placing answers in hot for an operator: nobody asked, so it counts as no question and is not in the ledger.
extension Lookup {
    /// Answers a question as if it were asked and keeps the answer hot.
    func warmUp(_ question: Question, for caller: Caller) async -> WarmUpOutcome {
        let arrival = tiers.cold.changeNumber
        var asked = identify(question, caller, at: tiers.time.now()) { _ in
            AccessRecord(count: 0, previousAccess: nil, quality: nil)
        }
        asked.isForHot = true
        if let kept = tiers.hot.peek(asked.fingerprint, tenant: asked.tenant), kept.key == asked.key, isServable(kept) {
            return .alreadyHot
        }
        do {
            let (computed, _) = try await tiers.flights.join(asked.key, arrival: arrival) { [asked] in
                await compute(asked, for: .question)
            }
            // The computation may have been a question's, and placed by the router.
            let placement = admit.raise(computed, decide(asked, computed.answer))
            return placement.tier == .hot ? .placed : .failed
        } catch {
            return .failed
        }
    }

    /// Raises the answer of a question that is known by its fingerprint alone from warm to hot.
    func warmUp(_ fingerprint: Fingerprint, for caller: Caller) async -> WarmUpOutcome {
        if let kept = tiers.hot.peek(fingerprint, tenant: caller.tenant), isServable(kept) { return .alreadyHot }
        guard let found = await tiers.warm.peek([fingerprint], tenant: caller.tenant) else {
            // Switched off, it has none; away, it may have.
            return tiers.warm.health.status == .disabled ? .unknown : .failed
        }
        guard let answer = found.first, isServable(answer) else { return .unknown }
        let placement = admit.promote(answer, RoutingDecision(tier: .hot, rule: .pinned, reason: "Warm-up"))
        return placement.tier == .hot ? .placed : .failed
    }

    private func isServable(_ answer: Answer) -> Bool {
        tiers.time.now() < answer.expiresAt && invalidate.stands(answer, at: tiers.cold.changeNumber)
    }
}
