import ColdTier
import Embedding
import HotTier
public import Knowledge
import Routing
import WarmTier

/// Whether a look-up may use what is kept.
public enum CacheUse: Sendable, Hashable {
    case `default`
    /// Computes afresh and keeps nothing.
    case bypass
}

/// Answers questions: from hot, from a computation under way, from warm, else by searching cold.
///
/// The way of one request, in order; each early return is a hit. Any task.
public struct Lookup: Sendable {
    /// Answers computed together must not expire together: lifetimes vary by this share either way.
    static let lifetimeJitter = 0.1

    let tiers: TierStack
    let admit: Admit
    let invalidate: Invalidate
    let reuse: SemanticReuse?

    public init(_ tiers: TierStack) {
        self.tiers = tiers
        let invalidate = Invalidate(cold: tiers.cold)
        self.invalidate = invalidate
        reuse = tiers.semantic.map { SemanticReuse(tiers: tiers, semantic: $0, invalidate: invalidate) }
        admit = Admit(tiers: tiers, invalidate: invalidate)
    }

    /// - Parameter semanticThreshold: the least cosine at which another question's answer will do; below the tenant's own
    ///   it says nothing.
    public func answer(
        _ question: Question, for caller: Caller, cache: CacheUse = .default, semanticThreshold: Double? = nil
    ) async throws(LookupError) -> Reply {
        do {
            return try await attempt(question, for: caller, cache, semanticThreshold)
        } catch {
            guard error == .encoderChanged else { throw error }
            // It is another question now, by its key.
            return try await attempt(question, for: caller, cache, semanticThreshold)
        }
    }

    private func attempt(
        _ question: Question, for caller: Caller, _ cache: CacheUse, _ semanticThreshold: Double?
    ) async throws(LookupError) -> Reply {
        var trace = Trace()
        let arrival = tiers.cold.changeNumber
        let now = tiers.time.now()
        let asked = identify(question, caller, semanticThreshold: semanticThreshold, at: now) {
            tiers.ledger.record($0, of: caller.tenant, at: now)
        }
        trace.step("fingerprint", "done", asked.fingerprint.description)

        if cache == .bypass {
            let computed = try await compute(asked, for: .bypass).get()
            trace.append(computed.steps)
            return reply(asked, computed, decision: decide(asked, computed.answer), coalesced: false, trace: trace)
        }

        tiers.ghost.record(asked.fingerprint)
        let kept = tiers.hot.get(asked.fingerprint, key: asked.key, at: now) { invalidate.stands($0, at: arrival) }
        tiers.metrics.hotLookup.record(trace.step("hot.exact", kept == nil ? "miss" : "hit"))
        if let kept {
            if tiers.earlyRefresh.isDue(kept, at: now) { refresh(asked, arrival: arrival) }
            let hit = Computed(answer: kept, servedBy: .hot, degraded: [], placement: .placed(.hot), steps: [])
            return reply(asked, hit, decision: decide(asked, kept), coalesced: false, trace: trace)
        }

        let (computed, joined) = try await tiers.flights.join(asked.flightKey, arrival: arrival) {
            await compute(asked, for: .question)
        }
        if joined { trace.step("in_flight", "joined") }
        trace.append(computed.steps)
        return reply(asked, computed, decision: decide(asked, computed.answer), coalesced: joined, trace: trace)
    }

    /// A question with its identity and how often it was asked.
    struct Asked: Sendable {
        let question: Question
        let tenant: Tenant
        let key: QuestionKey
        let fingerprint: Fingerprint
        /// Fingerprint of the encoder that the key names; empty for none.
        let encoder: String
        let access: AccessRecord
        /// The caller's own, where it is above the tenant's.
        let raisedThreshold: Double?
        let at: Timestamp
        /// An operator wants the answer in hot, whatever the router says.
        var isForHot = false

        /// What is computed for one must do for all who join: who asks for more likeness computes apart.
        var flightKey: QuestionKey {
            guard let raisedThreshold else { return key }
            return QuestionKey(bytes: key.bytes + withUnsafeBytes(of: raisedThreshold.bitPattern) { Array($0) })
        }
    }

    func identify(
        _ question: Question, _ caller: Caller, semanticThreshold: Double? = nil, at now: Timestamp,
        access: (Fingerprint) -> AccessRecord
    ) -> Asked {
        let encoder = tiers.cold.encoder?.fingerprint ?? ""
        let key = QuestionKey(
            question, tenant: caller.tenant, encoder: encoder,
            rankingEpoch: tiers.cold.rankingEpoch(caller.tenant))
        let fingerprint = tiers.fingerprinter.fingerprint(of: key)
        return Asked(
            question: question, tenant: caller.tenant, key: key, fingerprint: fingerprint, encoder: encoder,
            access: access(fingerprint),
            raisedThreshold: tiers.semantic.flatMap { semantic in
                semanticThreshold.flatMap { $0 > semantic.threshold(of: caller.tenant) ? $0 : nil }
            }, at: now)
    }

    /// What a computation is for.
    enum Purpose: Sendable {
        case question, bypass
        /// Of an answer in hot: warm would only have the same one.
        case refresh
    }

    /// Computes an answer in hot anew, in the background, as one computation with those who ask meanwhile.
    ///
    /// Nobody has asked: it counts neither as a question nor in the ledger.
    private func refresh(_ asked: Asked, arrival: ChangeNumber) {
        tiers.refreshes.run {
            _ = try? await tiers.flights.join(asked.key, arrival: arrival) { await compute(asked, for: .refresh) }
        }
    }

    /// Finds the answer below hot and places it. Runs once for all who ask the same at once.
    func compute(_ asked: Asked, for purpose: Purpose) async -> Result<Computed, LookupError> {
        var trace = Trace()
        var degraded: [Degradation] = []
        var expiredInWarm: Answer?

        let warmStart = ContinuousClock.now
        if purpose == .question {
            switch await tiers.warm.get(asked.fingerprint, tenant: asked.tenant, within: tiers.warmAllowance) {
            case .hit(let answer) where isServable(answer, to: asked):
                trace.step("warm.exact", "hit")
                let placement = admit.promote(answer, decide(asked, answer))
                trace.step("promote", placement.refused == nil ? "placed" : "refused", placement.tier.rawValue)
                return .success(
                    Computed(
                        answer: answer, servedBy: .warm, degraded: [], placement: placement, steps: trace.steps))
            case .hit:
                tiers.metrics.warmInvalidations.add()
                trace.step("warm.exact", "miss", "outdated")
            case .expired(let answer):
                trace.step("warm.exact", "miss", "expired")
                expiredInWarm = answer
            case .miss:
                trace.step("warm.exact", "miss")
            case .unavailable(.disabled):
                trace.step("warm.exact", "switched off")
            case .unavailable(let reason):
                trace.step("warm.exact", "unavailable", reason.description)
                degraded.append(Degradation(part: "warm_cache", reason: reason.description))
            }
        }
        let allowance = tiers.warmAllowance - (ContinuousClock.now - warmStart)

        let vector: [Float]?
        let outcome = await embed(asked)
        // A vector of the one encoder is never searched, nor its answer kept, under the other's name.
        guard asked.encoder == tiers.cold.encoder?.fingerprint ?? "" else { return .failure(.encoderChanged) }
        switch outcome {
        case .success(let embedded) where embedded.encoder != asked.encoder:
            return .failure(.encoderChanged)
        case .success(let embedded):
            vector = embedded.vector
            trace.step("embed", embedded.wasCached ? "hit" : "done")
        case .failure(let error):
            vector = nil
            trace.step("embed", "unavailable", error.description)
            degraded.append(Degradation(part: "encoder", reason: error.description))
        }

        let search = search(asked, vector: vector)
        let found: ColdAnswer
        do {
            if purpose == .question, !asked.isForHot, let reused = try await reused(search, asked, trace: &trace) {
                return .success(
                    Computed(
                        answer: encode(reused.found, asked, footprint: nil), servedBy: .hot, degraded: degraded,
                        placement: Placement(tier: .cold, refused: "the answer is another question's"),
                        steps: trace.steps, reuse: reused.origin))
            }
            found = try await run(search)
        } catch {
            trace.step("cold.search", "unavailable", error.description)
            guard purpose != .bypass, case .storageUnavailable = error.asLookupError,
                let stale = StaleAnswer.find(
                    asked.fingerprint, key: asked.key, expiredInWarm: expiredInWarm, in: tiers, invalidate)
            else { return .failure(error.asLookupError) }
            degraded.append(Degradation(part: "cold_storage", reason: error.description))
            return .success(computed(stale, asked, degraded: degraded, steps: trace.steps))
        }
        trace.step(
            "cold.search", found.results.isEmpty ? "miss" : "hit", how(found, asked.question),
            candidates: found.results.prefix(Step.maximumCandidates)
                .map { StepCandidate(.item($0.item.id), similarity: $0.similarity) })

        let answer = encode(found, asked, footprint: found.footprint)
        tiers.ledger.note(quality: answer.quality, of: asked.fingerprint)
        let placement: Placement
        if purpose == .bypass {
            placement = Placement(tier: .cold, refused: "the cache was bypassed")
        } else {
            let tier = purpose == .refresh ? .hot : decide(asked, answer).tier
            placement = await admit.place(answer, in: tier, degraded: degraded, allowance: allowance)
            trace.step(
                "admit", placement.refused == nil ? "placed" : "refused", placement.refused ?? placement.tier.rawValue)
        }
        if purpose == .refresh, placement.tier == .hot { tiers.metrics.refreshes.add() }
        return .success(
            Computed(
                answer: answer, servedBy: answer.resultCount == 0 ? .miss : .cold, degraded: degraded,
                placement: placement, steps: trace.steps))
    }

    /// An answer that stays where it was found, for expired ones are not moved.
    private func computed(
        _ stale: StaleAnswer, _ asked: Asked, degraded: [Degradation], steps: [Step]
    ) -> Computed {
        let isWanted = stale.servedBy == .warm && decide(asked, stale.answer).tier == .hot
        return Computed(
            answer: stale.answer, servedBy: stale.servedBy, degraded: degraded,
            placement: Placement(
                tier: stale.servedBy.tier ?? .cold, refused: isWanted ? "the answer has expired" : nil),
            steps: steps, expiredFor: stale.expiredFor)
    }

    private func isServable(_ answer: Answer, to asked: Asked) -> Bool {
        // The change number now, not at arrival: this answer is for all who joined since.
        answer.key == asked.key && tiers.time.now() < answer.expiresAt
            && invalidate.stands(answer, at: tiers.cold.changeNumber)
    }

    private func embed(_ asked: Asked) async -> Result<
        (vector: [Float], encoder: String, wasCached: Bool), EncoderError
    > {
        let encoder: any Encoder
        switch tiers.encoder.status {
        case .ready(let ready): encoder = ready
        case .unavailable(let error): return .failure(error)
        }
        let name = encoder.identity.fingerprint
        let fingerprint = tiers.fingerprinter.fingerprint(
            ofText: asked.question.folded, tenant: asked.tenant, encoder: name)
        if let vector = tiers.questionVectors.get(fingerprint) { return .success((vector, name, true)) }
        let start = ContinuousClock.now
        do {
            let vector = try await encoder.encode(asked.question.folded)
            tiers.metrics.encoding.record(.now - start)
            tiers.questionVectors.insert(vector, for: fingerprint)
            return .success((vector, name, false))
        } catch {
            return .failure(error)
        }
    }

    private func search(_ asked: Asked, vector: [Float]?) -> ColdSearch {
        ColdSearch(
            tenant: asked.tenant, text: asked.question.folded, vector: vector, encoder: asked.encoder,
            topK: asked.question.topK,
            category: asked.question.category, tags: asked.question.tags, minScore: asked.question.minScore,
            strategy: asked.question.strategy)
    }

    /// Another question's answer, where that is switched on and one fits.
    private func reused(
        _ search: ColdSearch, _ asked: Asked, trace: inout Trace
    ) async throws(ColdError) -> SemanticReuse.Reused? {
        guard let reuse, search.vector != nil else { return nil }
        return try await reuse.answer(
            search, key: asked.key, fingerprint: asked.fingerprint,
            threshold: asked.raisedThreshold ?? reuse.semantic.threshold(of: asked.tenant), at: tiers.time.now(),
            trace: &trace)
    }

    private func run(_ search: ColdSearch) async throws(ColdError) -> ColdAnswer {
        let start = ContinuousClock.now
        let found = try await tiers.cold.search(search)
        tiers.metrics.search.record(.now - start)
        return found
    }

    /// The strategy, and why it was chosen if nobody asked for one.
    private func how(_ found: ColdAnswer, _ question: Question) -> String {
        guard question.strategy == .auto, found.strategy != .lexical else { return found.strategy.rawValue }
        return "\(found.strategy.rawValue): \(StrategyChoice(folded: question.folded).rawValue) text"
    }

    /// - Parameter footprint: `nil` for what must not outlive the next change.
    private func encode(_ found: ColdAnswer, _ asked: Asked, footprint: Footprint?) -> Answer {
        let now = tiers.time.now()
        let policy = tiers.policy
        let lifetime =
            found.results.isEmpty ? policy.negativeLifetimeMilliseconds : policy.answerLifetimeMilliseconds
        let jitter = Double.random(in: (1 - Self.lifetimeJitter)...(1 + Self.lifetimeJitter))
        return Answer(
            tenant: asked.tenant, fingerprint: asked.fingerprint, key: asked.key, changeNumber: found.changeNumber,
            computedAt: now,
            expiresAt: now.adding(milliseconds: Int64(Double(lifetime) * jitter)),
            quality: AnswerQuality.quality(of: found.results), resultCount: found.results.count,
            itemsSearched: found.itemsSearched, fragment: AnswerCodec.fragment(of: found.results),
            footprint: footprint, isVotedUnhelpful: found.results.first.map { $0.item.quality < 0 } ?? false)
    }

    func decide(_ asked: Asked, _ answer: Answer) -> RoutingDecision {
        tiers.rules.decide(
            asked.access, quality: answer.quality, folded: asked.question.folded, at: asked.at,
            hotIsFull: tiers.hot.isFull,
            isPinned: asked.isForHot || tiers.hot.isPinned(asked.fingerprint, tenant: asked.tenant))
    }

    private func reply(
        _ asked: Asked, _ computed: Computed, decision: RoutingDecision, coalesced: Bool, trace: Trace
    ) -> Reply {
        var trace = trace
        let placement = coalesced ? admit.raise(computed, decision) : computed.placement
        trace.step("route", decision.tier.rawValue, "\(decision.rule.rawValue): \(decision.reason)")
        let elapsed = trace.elapsed
        let match: Match =
            switch computed.servedBy {
            case .hot where computed.reuse != nil: .semantic
            case .hot, .warm: .exact
            case .cold, .miss: .search
            }
        tiers.metrics.count(
            computed.servedBy, match, took: elapsed, rule: decision.rule, degraded: computed.degraded,
            tenant: asked.tenant)
        if coalesced { tiers.metrics.coalesced.add() }
        return Reply(
            answer: computed.answer, servedBy: computed.servedBy, match: match,
            matchedQuery: computed.reuse?.question,
            reason: decision.reason, placedIn: placement.tier, placementRefused: placement.refused,
            accessCount: asked.access.count, coalesced: coalesced, degraded: computed.degraded,
            expiredFor: computed.expiredFor, elapsed: elapsed, steps: trace.steps)
    }
}

extension ColdError {
    var asLookupError: LookupError {
        switch self {
        case .overloaded: .overloaded(description)
        case .encoderChanged: .encoderChanged
        default: .storageUnavailable(description)
        }
    }
}
