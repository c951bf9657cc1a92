/// The words that matter which stand in one of two questions only.
struct TermDifference {
    /// Misspelt words and compounds at most; more of them, and it is another text.
    static let maximumLeftOver = 4

    private let lexicon: GuardLexicon
    let shared: Int
    private(set) var onlyFirst: [String]
    private(set) var onlySecond: [String]

    /// - Parameters: terms of either question, sorted, each once.
    init(_ first: [String], _ second: [String], lexicon: GuardLexicon) {
        self.lexicon = lexicon
        var onlyFirst: [String] = []
        var onlySecond: [String] = []
        var (i, j) = (0, 0)
        var shared = 0
        while i < first.count || j < second.count {
            if j == second.count || (i < first.count && first[i] < second[j]) {
                onlyFirst.append(first[i])
                i += 1
            } else if i == first.count || second[j] < first[i] {
                onlySecond.append(second[j])
                j += 1
            } else {
                i += 1
                j += 1
                shared += 1
            }
        }
        self.shared = shared
        // In one order, so that pairing them off leaves the same whichever question was asked first.
        let isInOrder = onlyFirst.lexicographicallyPrecedes(onlySecond)
        self.onlyFirst = isInOrder ? onlyFirst : onlySecond
        self.onlySecond = isInOrder ? onlySecond : onlyFirst
    }

    var isEmpty: Bool { onlyFirst.isEmpty && onlySecond.isEmpty }
    var isTooMuch: Bool { max(onlyFirst.count, onlySecond.count) > Self.maximumLeftOver }
    /// Words left over on both sides.
    var replaced: Int { min(onlyFirst.count, onlySecond.count) }

    /// Drops what is written in another way on the other side: "smart phone", "smartfone".
    mutating func dropSpellings() {
        guard !isEmpty, !isTooMuch else { return }
        Self.dropCompounds(of: &onlyFirst, &onlySecond)
        Self.dropCompounds(of: &onlySecond, &onlyFirst)
        _ = dropPairs(isMisspelling)
    }

    /// Drops words of one family and of neighbouring meaning.
    ///
    /// - Returns: the number of pairs.
    mutating func dropRelated() -> Int {
        dropPairs { WordStem.root(of: $0) == WordStem.root(of: $1) } + dropPairs(lexicon.areNeighbours)
    }

    private mutating func dropPairs(_ isPair: (String, String) -> Bool) -> Int {
        var unpaired: [String] = []
        for word in onlyFirst {
            if let match = onlySecond.firstIndex(where: { isPair(word, $0) }) {
                onlySecond.remove(at: match)
            } else {
                unpaired.append(word)
            }
        }
        defer { onlyFirst = unpaired }
        return onlyFirst.count - unpaired.count
    }

    /// "smart phone" and "smartphone".
    private static func dropCompounds(of parts: inout [String], _ wholes: inout [String]) {
        for whole in wholes {
            for part in parts where whole.hasPrefix(part) {
                let rest = whole.dropFirst(part.count)
                guard let second = parts.firstIndex(where: { $0 == rest }), parts[second] != part else { continue }
                parts.remove(at: second)
                parts.removeAll { $0 == part }
                wholes.removeAll { $0 == whole }
                break
            }
        }
    }

    /// Two spellings of one long word. Words that a list knows are spelt as they are meant.
    private func isMisspelling(_ one: String, _ other: String) -> Bool {
        guard one.first == other.first else { return false }
        if WordStem.spelling(of: one) == WordStem.spelling(of: other) { return true }
        guard lexicon.entry(one) == nil || lexicon.entry(other) == nil else { return false }
        return EditDistance.isTypingError(one, other)
    }
}
