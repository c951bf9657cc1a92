/// What sort of answer a question wants, as far as its first words tell.
///
/// "What is X" and "what does X do" want different answers of the same words. A text that asks nothing,
/// a bare report of a trouble, wants what "how do I" and "why" want.
enum QuestionKind {
    private static let wh: Set<String> = ["what", "which", "who", "whom", "whose", "why", "when", "where", "how"]
    private static let tense: [String: String] = [
        "is": "be", "are": "be", "am": "be", "was": "was", "were": "was", "do": "do", "does": "do", "did": "did",
        "has": "have", "have": "have", "had": "had", "can": "can", "could": "can", "may": "can", "might": "can",
        "should": "should", "shall": "should", "must": "should", "would": "would", "will": "would",
    ]
    private static let askers: Set<String> = [
        "i", "you", "we", "one", "someone", "anyone", "people", "somebody", "anybody", "to",
    ]
    private static let subjects: Set<String> = [
        "i", "you", "we", "one", "it", "there", "he", "she", "they", "this", "that", "these", "the", "a", "an", "my",
        "anyone", "someone", "anybody", "your", "any",
    ]
    /// Kinds whose answers differ however alike the texts are.
    private static let sharp: Set<String> = [
        "why", "when", "where", "how-did", "how-much", "how-many", "how-long", "how-often", "what-for", "what-from",
        "what-with",
        "what-does", "whether-can", "whether-did", "whether-was", "whether-have",
    ]
    /// Kinds that close questions share: "what is", "what are".
    private static let alike: [Set<String>] = [
        ["what", "what-do"], ["whether-should", "whether-would"],
    ]
    private static let trailing: Set<String> = ["for", "from", "with", "of", "about", "like"]
    /// "How old" and "how fast" ask for a number.
    private static let measures: Set<String> = [
        "much", "many", "long", "far", "old", "often", "big", "large", "small", "tall", "high", "deep", "wide", "fast",
        "hot", "cold", "heavy", "soon", "late", "early", "quickly", "common", "rare", "accurate", "safe", "dangerous",
        "bad", "good", "well", "hard", "easy", "difficult", "important", "expensive", "true", "likely", "strong",
    ]
    /// Words that make "how does it differ" a "what is the difference".
    private static let comparing: Set<String> = ["differ", "different", "difference", "differences", "compare"]
    /// How far behind "what" a way is looked for: "what are some of the very best ways".
    private static let waySpan = 9

    /// True when the two may have one answer.
    ///
    /// - Parameters:
    ///   - isClose: whether the vectors are so near that alike kinds are one.
    ///   - isNearCertain: whether they are so near that only the sharpest differences count.
    static func agree(_ one: Set<String>, _ other: Set<String>, isClose: Bool, isNearCertain: Bool) -> Bool {
        if one == other { return true }
        if one.isEmpty || other.isEmpty, one.union(other).allSatisfy(wantsRemedy) { return true }
        if isNearCertain { return one.symmetricDifference(other).isDisjoint(with: sharp) }
        return isClose && alike.contains { one.isSubset(of: $0) && other.isSubset(of: $0) }
    }

    /// What a bare report of a trouble wants.
    private static func wantsRemedy(_ kind: String) -> Bool {
        kind == "how-to" || kind == "why" || kind == "whether-can"
    }

    static func kinds(of tokens: [GuardToken], lexicon: GuardLexicon) -> Set<String> {
        var kinds: Set<String> = []
        for (index, token) in tokens.enumerated() where token.kind == .word {
            if wh.contains(token.text), let kind = kind(at: index, in: tokens, lexicon: lexicon) {
                kinds.insert(kind)
            } else if token.startsClause, let kind = whether(at: index, in: tokens, lexicon: lexicon) {
                kinds.insert(kind)
            }
        }
        if kinds.contains("how") || kinds.contains("what-do"), tokens.contains(where: { comparing.contains($0.text) }) {
            kinds.subtract(["how", "what-do"])
            kinds.insert("what")
        }
        // "What does a governor do" asks for its work, "what does it mean" for what it is.
        if kinds.contains("what-do"), tokens.last?.text == "do" { kinds.insert("what-does") }
        if let last = tokens.last, trailing.contains(last.text), kinds.contains(where: { $0.hasPrefix("what") }) {
            kinds.insert("what-" + last.text)
        }
        return kinds
    }

    private static func kind(at index: Int, in tokens: [GuardToken], lexicon: GuardLexicon) -> String? {
        let token = tokens[index]
        let next = index + 1 < tokens.count ? tokens[index + 1].text : ""
        let asks = token.startsClause || tense[next] != nil
        switch token.text {
        case "how": return how(at: index, next: next, in: tokens)
        // "What is your favourite? And why?" asks what.
        case "why": return asks && !next.isEmpty ? "why" : nil
        case "when": return tense[next] != nil ? token.text : nil
        case "where": return asks ? token.text : nil
        case "who", "whom", "whose": return asks ? "who" : nil
        default:
            guard asks else { return nil }
            if names(.wayWord, after: index, in: tokens, lexicon: lexicon) { return "how-to" }
            switch tense[next] {
            case "can", "should":
                return tokens[index...].prefix(5).contains { $0.text == "do" }
                    ? doing(after: index, in: tokens) : "what-can"
            case "do", "did": return "what-" + (tense[next] ?? "")
            default: return "what"
            }
        }
    }

    /// "What should I do to sleep better" asks how to; "what can I do with it" does not.
    private static func doing(after index: Int, in tokens: [GuardToken]) -> String {
        guard let verb = tokens[index...].firstIndex(where: { $0.text == "do" }), verb + 1 < tokens.count else {
            return "what-can"
        }
        return ["to", "in", "for", "if", "when"].contains(tokens[verb + 1].text) ? "how-to" : "what-can"
    }

    private static func how(at index: Int, next: String, in tokens: [GuardToken]) -> String? {
        guard let tense = tense[next] else {
            if askers.contains(next) { return "how-to" }
            if next == "come" { return "why" }
            if next.isEmpty { return nil }
            return measures.contains(next) ? "how-" + next : "how"
        }
        if tense == "did" || tense == "was" || tense == "had" { return "how-did" }
        if tense == "would" { return "how-would" }
        let subject = index + 2 < tokens.count ? tokens[index + 2].text : ""
        return askers.contains(subject) ? "how-to" : "how"
    }

    private static func whether(at index: Int, in tokens: [GuardToken], lexicon: GuardLexicon) -> String? {
        guard let tense = tense[tokens[index].text], index + 1 < tokens.count else { return nil }
        let next = tokens[index + 1].text
        guard index == 0 || subjects.contains(next), next != "not" || index == 0 else { return nil }
        if next == "there", names(.wayWord, after: index, in: tokens, lexicon: lexicon) { return "how-to" }
        if tense == "be", tokens[index...].prefix(4).contains(where: { $0.text == "possible" }) { return "whether-can" }
        return "whether-" + tense
    }

    private static func names(
        _ category: GuardLexicon.Categories, after index: Int, in tokens: [GuardToken], lexicon: GuardLexicon
    ) -> Bool {
        tokens[index...].dropFirst().prefix(waySpan).contains { token in
            token.clause == tokens[index].clause && lexicon.entry(token.stem)?.categories.contains(category) == true
        }
    }
}
