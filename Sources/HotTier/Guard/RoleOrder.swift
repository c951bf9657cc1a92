/// Tells whether two texts of the same words have exchanged who does it and to whom.
///
/// A sentence may be turned round without harm in two ways. A part moves as a whole ("in vim, pasted code
/// is indented" and "pasted code is indented in vim"): of any three words in one clause the order is then
/// kept or rotated. Or the voice changes ("the proxy refuses the header", "the header is refused by the
/// proxy"): then the verb is passive in one of the two. What is left, three words x … z … y that the other
/// text has as y … z … x with z in the same voice, is an exchange of roles around z. And a verb passive in
/// one text only, whose agent the other text names behind the verb, is an exchange without a turn.
enum RoleOrder {
    static func isSwapped(_ a: GuardedText, _ b: GuardedText, lexicon: GuardLexicon) -> Bool {
        if agentIsObject(passive: a, active: b) || agentIsObject(passive: b, active: a) { return true }
        let first = a.occurrences
        let places = Dictionary(b.occurrences.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        // Where b has a's words, and in which clause; nil for the words it has not.
        var other: [GuardedText.Occurrence?] = []
        var place: [Int] = []
        var byTerm: [String: (Int, GuardedText.Occurrence)] = [:]
        for (occurrence, index) in places where byTerm[occurrence.term].map({ index < $0.0 }) ?? true {
            byTerm[occurrence.term] = (index, occurrence)
        }
        for occurrence in first {
            other.append(byTerm[occurrence.term]?.1)
            place.append(byTerm[occurrence.term]?.0 ?? -1)
        }
        for middle in first.indices where place[middle] >= 0 {
            let verb = first[middle]
            if lexicon.entry(verb.term)?.categories.contains(.symmetric) == true { continue }
            if (a.passives[verb.term] == nil) != (b.passives[verb.term] == nil) { continue }
            let clause = other[middle]?.clause
            // In one clause of a before the verb, behind it in b; and the other way round.
            let movedBack = first[..<middle].indices.contains { index in
                first[index].clause == verb.clause && !first[index].isLink && first[index].term != verb.term
                    && other[index]?.clause == clause && place[index] > place[middle]
            }
            guard movedBack else { continue }
            let movedForth = first[(middle + 1)...].indices.contains { index in
                first[index].clause == verb.clause && !first[index].isLink && first[index].term != verb.term
                    && other[index]?.clause == clause && place[index] >= 0 && place[index] < place[middle]
            }
            if movedForth { return true }
        }
        return false
    }

    private static func agentIsObject(passive: GuardedText, active: GuardedText) -> Bool {
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
