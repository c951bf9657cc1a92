import ColdTier
import HotTier
import Knowledge

/// The step of a look-up that lets the answer to another question stand for the one asked, where that asks the same.
///
/// The kept questions closest to it are judged in order: the threshold, the guard, whether the answer still stands; the
/// first that passes is reused. Its items are scored afresh for the question asked, and `min_score` applies to those scores.
struct SemanticReuse: Sendable {
    /// Candidates judged for a question; each may cost a reading of 0.1 ms.
    private static let maximumCandidates = 5

    let tiers: TierStack
    let semantic: SemanticHits
    let invalidate: Invalidate

    /// What is reused: other items' scores are not in it, so it answers this question once and is never kept.
    struct Reused: Sendable {
        let found: ColdAnswer
        let origin: ReuseOrigin
    }

    /// - Parameters:
    ///   - search: the search that reuse would spare; it has a vector.
    ///   - threshold: the least cosine for this question.
    func answer(
        _ search: ColdSearch, key: QuestionKey, fingerprint: Fingerprint, threshold: Double, at now: Timestamp,
        trace: inout Trace
    ) async throws(ColdError) -> Reused? {
        guard let vector = search.vector,
            search.strategy.resolved(folded: search.text, hasVector: true) == .vector
        else {
            trace.step("hot.semantic", "skipped", "the question is answered by words")
            return nil
        }
        let start = ContinuousClock.now
        let close = tiers.hot.nearest(
            to: vector, scope: key.scope, excluding: fingerprint, limit: Self.maximumCandidates)
        var candidates: [StepCandidate] = []
        var reused: Reused?
        // Read once, and only if anything comes near.
        var asked: GuardedText?
        for candidate in close where reused == nil {
            let verdict: ReuseVerdict
            if candidate.similarity < threshold {
                verdict = .belowThreshold
            } else {
                let text = asked ?? semantic.reading(of: search.text)
                asked = text
                (verdict, reused) = try await judge(candidate, text, search, at: now)
            }
            semantic.count(verdict)
            candidates.append(
                StepCandidate(
                    .question(candidate.answer.key.foldedText), similarity: candidate.similarity, verdict: verdict.name)
            )
        }
        semantic.duration.record(.now - start)
        trace.step("hot.semantic", reused == nil ? "miss" : "hit", candidates: candidates)
        if let reused { verify(reused, search) }
        return reused
    }

    private func judge(
        _ close: CloseAnswer, _ asked: GuardedText, _ search: ColdSearch, at now: Timestamp
    ) async throws(ColdError) -> (ReuseVerdict, Reused?) {
        if case .rejected(let rule) = semantic.check(asked, against: close) { return (.refused(rule), nil) }
        // Counts as a look-up of hot and as a use of the answer; what does not stand any more is dropped there.
        guard
            let kept = tiers.hot.get(
                close.answer.fingerprint, key: close.answer.key, at: now,
                isValid: { invalidate.stands($0, at: tiers.cold.changeNumber) }),
            let items = kept.footprint?.candidates
        else { return (.outdated, nil) }
        var scoring = search
        scoring.items = items
        let found = try await tiers.cold.search(scoring)
        // A write may have come between.
        guard invalidate.stands(kept, at: found.changeNumber) else { return (.outdated, nil) }
        guard !found.results.isEmpty else { return (.minScore, nil) }
        let origin = ReuseOrigin(question: kept.key.foldedText, similarity: close.similarity)
        return (.accepted, Reused(found: found, origin: origin))
    }

    /// Searches afresh, for some of the reuses and in the background, and notes whether the reuse was false.
    private func verify(_ reused: Reused, _ search: ColdSearch) {
        guard semantic.verifiesThis else { return }
        semantic.verifications.run { [tiers, semantic] in
            // A search that fails, or that sees other knowledge, says nothing of the reuse.
            guard let fresh = try? await tiers.cold.search(search),
                fresh.changeNumber == reused.found.changeNumber
            else { return }
            semantic.falseHits.note(
                isFalse: FalseHits.isFalse(reused: reused.found.results, fresh: fresh.results), tenant: search.tenant)
        }
    }
}

/// The kept question whose answer was reused for another.
package struct ReuseOrigin: Sendable, Hashable {
    /// In folded form, as it is kept.
    package let question: String
    /// As `CloseAnswer.similarity`.
    package let similarity: Double
}
