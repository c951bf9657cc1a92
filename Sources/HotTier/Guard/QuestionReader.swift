/// Turns the tokens of one question into a `GuardedText`.
///
/// One pass over the tokens: at each place the longest phrase that the lexicon knows is taken as one term,
/// then told apart by what it is known as and by what stands before it.
struct QuestionReader {
    private static let auxiliaries: Set<String> = [
        "is", "are", "was", "were", "be", "been", "being", "am", "do", "does", "did", "has", "have", "had", "can",
        "could", "should", "would", "will", "shall", "may", "might", "must",
    ]
    private static let passiveAuxiliaries: Set<String> = [
        "is", "are", "was", "were", "be", "been", "being", "am", "gets", "get", "got", "getting",
    ]
    /// After "to", these make a purpose of it.
    private static let verbs: Set<String> = [
        "be", "become", "buy", "do", "find", "get", "have", "help", "keep", "know", "learn", "let", "make", "say",
        "see",
        "take", "tell", "try", "use",
    ]
    private static let links: Set<String> = ["to", "from", "into", "onto", "than"]
    private static let irregularParticiples: Set<String> = [
        "sent", "lost", "made", "shown", "seen", "found", "taken", "given", "set", "put", "read", "built", "run",
        "kept", "held", "left", "told", "cut", "shut", "thrown", "hidden", "overwritten", "written", "broken", "stuck",
        "bought", "brought", "caught", "chosen", "known", "meant", "paid", "sold", "understood", "won", "split",
        "bound",
    ]
    /// Between an auxiliary and its participle.
    private static let adverbs: Set<String> = ["not", "always", "never", "being", "been", "often", "already", "now"]
    /// Between a negation and what it denies.
    private static let passedByNegation: Set<String> = [
        "a", "an", "the", "my", "your", "our", "their", "his", "her", "its", "any", "be", "been", "being", "to", "in",
        "of", "really", "even", "yet", "ever", "able", "i", "we", "you", "they", "he", "she", "it", "that", "this",
        "have", "has", "had", "get", "gets", "got", "longer", "more",
    ]

    private static let byteUnits: Set<String> = ["kib", "mib", "gib", "tib", "kb", "mb", "gb", "tb", "bytes"]
    private static let months: Set<String> = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let pointers: Set<String> = ["this", "these", "following", "above", "below", "given"]
    private static let shown: Set<String> = [
        "circuit", "code", "diagram", "equation", "equations", "exercise", "expression", "figure", "function", "graph",
        "image", "integral", "limit", "paragraph", "passage", "photo", "picture", "problem", "puzzle", "question",
        "riddle", "sentence", "sequence", "series", "sum", "text",
    ]
    private static let addressees: Set<String> = ["me", "you", "us"]
    private static let addressing: Set<String> = ["for", "to", "with", "about", "by", "from"]
    /// RFC 6335: ports below are the system's.
    private static let firstUserPort = 1024

    let lexicon: GuardLexicon
    private let text: String
    private let tokens: [GuardToken]
    private var read = GuardedText()

    init(_ text: String, lexicon: GuardLexicon) {
        self.text = text
        self.lexicon = lexicon
        tokens = GuardToken.tokens(of: text)
    }

    static func read(_ text: String, lexicon: GuardLexicon) -> GuardedText {
        var reader = QuestionReader(text, lexicon: lexicon)
        reader.run()
        return reader.read
    }

    private mutating func run() {
        read.quotations = Self.quotations(in: text)
        read.names = Self.names(in: text)
        read.questionKinds = QuestionKind.kinds(of: tokens, lexicon: lexicon)
        var index = 0
        var heavy: Set<String> = []
        var light: Set<String> = []
        while index < tokens.count {
            let (entry, length) = longestEntry(at: index)
            take(at: index, length: length, entry: entry, heavy: &heavy, light: &light)
            index += length
        }
        read.terms = heavy.sorted()
        read.allTerms = heavy.union(light).sorted()
        read.pointsOutside = tokens.indices.contains(where: pointsOutside)
        read.addressees = addressees()
        read.isTooLong = read.occurrences.count > GuardedText.maximumTerms
    }

    private func longestEntry(at index: Int) -> (entry: GuardLexicon.Entry?, length: Int) {
        let clause = tokens[index].clause
        var key = ""
        var best: (entry: GuardLexicon.Entry?, length: Int) = (nil, 1)
        for end in index..<min(index + GuardLexicon.maximumPhraseLength, tokens.count) {
            let token = tokens[end]
            guard token.clause == clause, end == index || !token.startsClause else { break }
            key += key.isEmpty ? token.stem : " " + token.stem
            if let entry = lexicon.entry(key) { best = (entry, end - index + 1) }
        }
        return best
    }

    private mutating func take(
        at index: Int, length: Int, entry: GuardLexicon.Entry?, heavy: inout Set<String>, light: inout Set<String>
    ) {
        let token = tokens[index]
        if let entry {
            note(entry)
            if entry.categories.contains(.negation) {
                let denied = deniedTerm(after: index + length, clause: token.clause)
                // "… or not?", "if not, why?" deny nothing.
                let isAlternative = index > 0 && ["or", "if"].contains(tokens[index - 1].text)
                if !denied.isEmpty || !isAlternative { read.denied.insert(denied) }
                return
            }
        } else {
            guard takeSpecial(token, at: index) else { return }
        }
        if Self.links.contains(token.text), length == 1 {
            link(token, at: index)
            return
        }
        if let entry, entry.categories.contains(.filler), entry.categories.isDisjoint(with: .naming) { return }
        let term = entry?.term ?? token.stem
        guard !term.isEmpty else { return }
        if let entry, entry.categories.contains(.weak), entry.categories.isDisjoint(with: .naming) {
            light.insert(term)
            // "Find" and "cause" weigh little, but who finds whom does not.
            read.occurrences.append(.init(term: term, clause: token.clause, isLink: true))
            return
        }
        read.occurrences.append(.init(term: term, clause: token.clause, isLink: false))
        heavy.insert(term)
        if length == 1, isPassive(at: index) { read.passives[term] = agent(after: index, clause: token.clause) }
    }

    private mutating func note(_ entry: GuardLexicon.Entry) {
        read.opposites.formUnion(entry.opposites)
        if entry.categories.contains(.technology) { read.technologies.insert(entry.term) }
        if entry.categories.contains(.operatingSystem) { read.operatingSystems.insert(entry.term) }
        if entry.categories.contains(.object) { read.objects.insert(entry.term) }
        if entry.categories.contains(.scope) { read.scopes.insert(entry.term) }
        if entry.categories.contains(.quantity) { read.quantities.insert(entry.term) }
    }

    /// Files a token that is no word where it belongs; false when it is no term besides.
    private mutating func takeSpecial(_ token: GuardToken, at index: Int) -> Bool {
        let before = tokens[max(0, index - 2)..<index].reversed().map { lexicon.entry($0.stem)?.categories ?? [] }
        switch token.kind {
        case .word: return !isPartOfHarmless(token, at: index)
        case .harmless: return false
        case .identifier: read.identifiers.insert(token.text)
        case .path:
            read.paths.insert(token.text)
            return false
        case .code: read.codes.insert(token.text)
        case .number:
            if before.first?.contains(.harmlessWord) == true || isHarmlessPort(token, at: index)
                || isHarmlessSize(token, at: index) || isDate(at: index)
            {
                return false
            }
            if before.contains(where: { $0.contains(.codeWord) }) {
                read.codes.insert(token.text)
            } else {
                read.numbers.insert(token.text)
            }
        }
        return true
    }

    /// A port that no list knows is one that somebody chose.
    private func isHarmlessPort(_ token: GuardToken, at index: Int) -> Bool {
        guard index > 0, tokens[index - 1].stem == "port", let port = Int(token.text) else { return false }
        return port >= Self.firstUserPort && lexicon.entry(token.text)?.categories.contains(.knownPort) != true
    }

    /// A size to the hundredth is a measurement of one run.
    private func isHarmlessSize(_ token: GuardToken, at index: Int) -> Bool {
        token.text.contains(".") && index + 1 < tokens.count && Self.byteUnits.contains(tokens[index + 1].text)
    }

    /// "since 14 June": when it began on one machine.
    private func isDate(at index: Int) -> Bool {
        index > 0 && tokens[index - 1].text == "since" && index + 1 < tokens.count
            && Self.months.contains(String(tokens[index + 1].text.prefix(3)))
    }

    /// "this exercise": another one each time it is asked.
    private func pointsOutside(at index: Int) -> Bool {
        Self.pointers.contains(tokens[index].text)
            && tokens[index...].dropFirst().prefix(2).contains { Self.shown.contains($0.text) }
    }

    private func addressees() -> Set<String> {
        Set(
            tokens.indices.dropFirst().filter { index in
                Self.addressees.contains(tokens[index].text)
                    && Self.addressing.contains(tokens[index - 1].text)
                    && (index + 1 == tokens.count || tokens[index + 1].clause != tokens[index].clause)
            }.map { tokens[$0].text })
    }

    private func isPartOfHarmless(_ token: GuardToken, at index: Int) -> Bool {
        guard index > 0, tokens[index - 1].kind == .number else { return false }
        return (Self.byteUnits.contains(token.text) && isHarmlessSize(tokens[index - 1], at: index - 1))
            || isDate(at: index - 1)
    }

    private mutating func link(_ token: GuardToken, at index: Int) {
        read.occurrences.append(.init(term: token.text, clause: token.clause, isLink: true))
        // "To get leads": a purpose, not a direction.
        if token.text == "to", index + 1 < tokens.count, Self.verbs.contains(tokens[index + 1].text) { return }
        guard let next = nextTerm(after: index, clause: token.clause) else { return }
        if token.text == "from" { read.origins.insert(next) }
        if token.text == "to" || token.text == "into" || token.text == "onto" { read.destinations.insert(next) }
    }

    private func nextTerm(after index: Int, clause: Int) -> String? {
        for next in tokens[(index + 1)...] {
            guard next.clause == clause else { return nil }
            let entry = lexicon.entry(next.stem)
            if let entry,
                entry.categories.contains(.filler) || entry.categories.contains(.weak)
                    || entry.categories.contains(.negation)
            {
                continue
            }
            return entry?.term ?? next.stem
        }
        return nil
    }

    private func deniedTerm(after index: Int, clause: Int) -> String {
        for next in tokens[min(index, tokens.count)...] {
            guard next.clause == clause, !next.startsClause else { return "" }
            if Self.passedByNegation.contains(next.text) { continue }
            return lexicon.entry(next.stem)?.term ?? next.stem
        }
        return ""
    }

    private func isPassive(at index: Int) -> Bool {
        let token = tokens[index]
        guard token.kind == .word, token.text.hasSuffix("ed") || Self.irregularParticiples.contains(token.text) else {
            return false
        }
        for before in tokens[..<index].reversed().prefix(3) {
            guard before.clause == token.clause else { return false }
            if Self.passiveAuxiliaries.contains(before.text) { return true }
            guard Self.adverbs.contains(before.text) else { return false }
        }
        return false
    }

    private func agent(after index: Int, clause: Int) -> String {
        for position in tokens.indices[(index + 1)...] where tokens[position].text == "by" {
            guard tokens[position].clause == clause else { return "" }
            return nextTerm(after: position, clause: clause) ?? ""
        }
        return ""
    }

    /// What stands between double quotes or backticks, or between single quotes that are no apostrophes.
    private static func quotations(in text: String) -> Set<String> {
        var found: Set<String> = []
        var open: (mark: Character, start: String.Index)?
        var before: Character = " "
        for index in text.indices {
            let mark = text[index]
            if let (opening, start) = open, closes(mark, opening) {
                let after = text.index(after: index)
                let endsWord = after == text.endIndex || !(text[after].isLetter || text[after].isNumber)
                if opening != "'" || endsWord {
                    let quoted = text[start..<index].lowercased().trimmingPrefix { $0 == " " }
                    // A quoted path is a path.
                    if !quoted.isEmpty, !"/~\\.".contains(quoted.first ?? " ") { found.insert(String(quoted)) }
                    open = nil
                }
            } else if open == nil, "\"`“«".contains(mark) || (mark == "'" && !before.isLetter && !before.isNumber) {
                open = (mark, text.index(after: index))
            }
            before = mark
        }
        return found
    }

    private static func names(in text: String) -> Set<String> {
        let words = text.split { !$0.isLetter && !$0.isNumber }
        return Set(
            words.dropFirst().filter { $0.first?.isUppercase == true }.map { WordStem.stem(of: $0.lowercased()) })
    }

    private static func closes(_ mark: Character, _ opening: Character) -> Bool {
        switch opening {
        case "“": mark == "”"
        case "«": mark == "»"
        case "`": mark == "`" || mark == "'"
        default: mark == opening
        }
    }
}

extension GuardLexicon.Categories {
    /// What is compared by name, so that it counts even where it is a filler too.
    static let naming: Self = [.technology, .operatingSystem, .object]
}
