/// Tells whether two texts of the same words have exchanged who does it and to whom.
///
/// A sentence may be turned round without harm in two ways. A part moves as a whole ("in vim, pasted code
/// is indented" and "pasted code is indented in vim"): of any three words in one clause the order is then
/// kept or rotated. Or the voice changes ("the proxy refuses the header", "the header is refused by the
/// proxy"): then a verb is passive in one of the two, and its agent stands before it in the other. What is
/// left, three words x … z … y that the other text has as y … z … x, is an exchange of roles around z.
///
/// A word that is repeated counts where it stands first, so the answer is the same both ways.
struct RoleOrder {
    /// A word that both texts have.
    private struct Shared {
        let term: String
        let isLink: Bool
        /// Clause in either text: words compare only within one clause of both.
        let clauses: [Int]
        /// Place in the second text; the array's order is the first's.
        let place: Int
    }

    private let first: GuardedText
    private let second: GuardedText
    private let lexicon: GuardLexicon

    init(_ first: GuardedText, _ second: GuardedText, lexicon: GuardLexicon) {
        self.first = first
        self.second = second
        self.lexicon = lexicon
    }

    var isSwapped: Bool {
        if agentIsObject(passive: first, active: second) || agentIsObject(passive: second, active: first) {
            return true
        }
        let words = shared()
        guard zip(words, words.dropFirst()).contains(where: { $0.place > $1.place }) else { return false }
        return Dictionary(grouping: words, by: \.clauses).values.contains(where: isReversed)
    }

    private func shared() -> [Shared] {
        var places: [String: Int] = [:]
        for (place, occurrence) in second.occurrences.enumerated() where places[occurrence.term] == nil {
            places[occurrence.term] = place
        }
        return first.occurrences.compactMap { occurrence in
            guard let place = places.removeValue(forKey: occurrence.term) else { return nil }
            return Shared(
                term: occurrence.term, isLink: occurrence.isLink,
                clauses: [occurrence.clause, second.occurrences[place].clause], place: place)
        }
    }

    /// - Parameter words: of one clause, in the first text's order.
    private func isReversed(_ words: [Shared]) -> Bool {
        // The change of voice explains the order of such a clause; `agentIsObject` has looked at it.
        // What is compared may stand in either order: "how do A and B differ", "the difference between B and A".
        if words.contains(where: { lexicon.entry($0.term)?.categories.contains(.symmetric) == true }) { return false }
        if words.contains(where: { (first.passives[$0.term] == nil) != (second.passives[$0.term] == nil) }) {
            return false
        }
        return words.indices.contains { middle in
            let verb = words[middle]
            return words[..<middle].contains { !$0.isLink && $0.place > verb.place }
                && words[(middle + 1)...].contains { !$0.isLink && $0.place < verb.place }
        }
    }

    /// A verb passive in one text only, whose agent the other names behind it in the same clause.
    private func agentIsObject(passive: GuardedText, active: GuardedText) -> Bool {
        passive.passives.contains { verb, agent in
            guard !agent.isEmpty, active.passives[verb] == nil,
                let verbPlace = active.occurrences.firstIndex(where: { $0.term == verb }),
                let agentPlace = active.occurrences.firstIndex(where: { $0.term == agent })
            else { return false }
            return agentPlace > verbPlace
                && active.occurrences[agentPlace].clause == active.occurrences[verbPlace].clause
        }
    }
}
