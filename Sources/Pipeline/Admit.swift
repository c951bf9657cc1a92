import ColdTier
import HotTier
package import Knowledge
import Routing
import Synchronization
import WarmTier

/// Where an answer is kept, and why not where the router wanted it.
package struct Placement: Sendable, Hashable {
    package let tier: Tier
    package let refused: String?

    package static func placed(_ tier: Tier) -> Placement { Placement(tier: tier, refused: nil) }
}

/// Puts answers where the router decides. The decision is the router's; that it still holds is checked here.
struct Admit: Sendable {
    /// Why an answer rises no higher than warm: people found its first result unhelpful.
    private static let votedUnhelpful = "voted unhelpful"

    let tiers: TierStack
    let invalidate: Invalidate

    /// Places a computed answer in the tier that the router decided on.
    ///
    /// - Parameter allowance: what the question may still wait for warm.
    func place(_ answer: Answer, in tier: Tier, degraded: [Degradation], allowance: Duration) async -> Placement {
        guard degraded.allSatisfy({ $0.part == "warm_cache" }) else {
            return Placement(tier: .cold, refused: "degraded answers are not kept")
        }
        guard invalidate.stands(answer, at: tiers.cold.changeNumber) else {
            return Placement(tier: .cold, refused: "the knowledge changed meanwhile")
        }
        switch tier {
        case .hot where answer.isVotedUnhelpful:
            let placement = await placeInWarm(answer, allowance: allowance)
            return Placement(tier: placement.tier, refused: placement.refused ?? Self.votedUnhelpful)
        case .hot: return placeInHot(answer, otherwise: .cold)
        case .warm: return await placeInWarm(answer, allowance: allowance)
        case .cold: return .placed(.cold)
        }
    }

    /// Raises an answer found in warm, where it also stays.
    func promote(_ answer: Answer, _ decision: RoutingDecision) -> Placement {
        guard decision.tier == .hot else { return .placed(.warm) }
        let placement = placeInHot(answer, otherwise: .warm)
        if placement.tier == .hot { tiers.metrics.promotions.add() }
        return placement
    }

    /// What a question that shared another's computation adds: it may raise the answer to memory, which costs
    /// nothing; the computation itself has done all that takes I/O.
    func raise(_ computed: Computed, _ decision: RoutingDecision) -> Placement {
        guard decision.tier == .hot, computed.placement.tier != .hot, computed.placement.refused == nil,
            mayMove(computed.answer)
        else { return computed.placement }
        return placeInHot(computed.answer, otherwise: computed.placement.tier)
    }

    private func placeInHot(_ answer: Answer, otherwise fallback: Tier) -> Placement {
        guard !answer.isVotedUnhelpful else { return Placement(tier: fallback, refused: Self.votedUnhelpful) }
        switch tiers.hot.admit(answer) {
        case .admitted(let evicted):
            for answer in evicted { demote(answer) }
            return .placed(.hot)
        case .refused(let reason):
            return Placement(tier: fallback, refused: reason)
        }
    }

    private func placeInWarm(_ answer: Answer, allowance: Duration) async -> Placement {
        switch await tiers.warm.admit(answer, within: allowance) {
        case .admitted: .placed(.warm)
        case .refused(let reason): Placement(tier: .cold, refused: reason.description)
        }
    }

    private func mayMove(_ answer: Answer) -> Bool {
        tiers.time.now() < answer.expiresAt && invalidate.stands(answer, at: tiers.cold.changeNumber)
    }

    /// Hands an answer that hot evicted down to warm, in the background: nobody waits for it.
    func demote(_ answer: Answer) {
        guard mayMove(answer) else { return }
        tiers.demotions.run { [tiers] in
            if case .admitted = await tiers.warm.admit(answer, within: nil) { tiers.metrics.demotions.add() }
        }
    }
}

/// Runs tasks that nobody waits for, a limited number at once; what comes beyond the limit is not run.
final class BoundedTasks: Sendable {
    private let limit: Int
    private let running = Atomic<Int>(0)

    init(limit: Int) {
        self.limit = limit
    }

    func run(_ body: @escaping @Sendable () async -> Void) {
        guard running.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            running.wrappingSubtract(1, ordering: .relaxed)
            return
        }
        Task {
            await body()
            running.wrappingSubtract(1, ordering: .relaxed)
        }
    }
}
