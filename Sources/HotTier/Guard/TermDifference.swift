/// The words that matter which stand in one of two questions only.
struct TermDifference {
    /// Misspelt words and compounds at most; more of them, and it is another text.
    static let maximumLeftOver = 4
    static let maximumAdded = 2
    /// Words that matter on both sides, for an addition to be one.
    static let minimumShared = 3
    /// Shorter ones are abbreviations, which are names.
    static let minimumAddedLetters = 4

    private let lexicon: GuardLexicon
    private let shared: Int
    private let onlyFirst: [String]
    private let onlySecond: [String]

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
        self.onlyFirst = onlyFirst
        self.onlySecond = onlySecond
    }

    /// True when every word left over is another spelling of one on the other side.
    var isHarmless: Bool {
        if onlyFirst.isEmpty, onlySecond.isEmpty { return true }
        guard max(onlyFirst.count, onlySecond.count) <= Self.maximumLeftOver else { return false }
        if isCompound(of: onlyFirst, onlySecond) || isCompound(of: onlySecond, onlyFirst) { return true }
        guard onlyFirst.count == onlySecond.count else { return false }
        var rest = onlySecond
        for word in onlyFirst {
            guard let match = rest.firstIndex(where: { isMisspelling(word, $0) }) else { return false }
            rest.remove(at: match)
        }
        return true
    }

    /// Words added on one side of a text that says enough without them.
    ///
    /// Names, numbers and words of any list are no mere additions.
    func isAddition(names: Set<String>) -> Bool {
        let added = onlyFirst + onlySecond
        guard shared >= Self.minimumShared, min(onlyFirst.count, onlySecond.count) == 0,
            added.count <= Self.maximumAdded
        else { return false }
        return added.allSatisfy { word in
            let isListed = lexicon.entry(word).map { !$0.opposites.isEmpty || !$0.categories.isEmpty } ?? false
            return !isListed && !names.contains(word) && word.utf8.count >= Self.minimumAddedLetters
                && word.utf8.allSatisfy { (0x61...0x7A).contains($0) }
        }
    }

    /// "smart phone" and "smartphone".
    private func isCompound(of parts: [String], _ whole: [String]) -> Bool {
        parts.count == 2 && whole.count == 1 && (parts[0] + parts[1] == whole[0] || parts[1] + parts[0] == whole[0])
    }

    /// Two spellings of one long word. Words that a list knows are spelt as they are meant.
    private func isMisspelling(_ one: String, _ other: String) -> Bool {
        guard one.first == other.first, lexicon.entry(one) == nil || lexicon.entry(other) == nil else { return false }
        return EditDistance.isTypingError(one, other)
    }
}
