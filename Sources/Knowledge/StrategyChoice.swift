/// How a question whose strategy is `auto` is searched, and why: by what its text looks like.
///
/// An encoder knows what a sentence means, and hardly tells one error code from another; words are exact and know no
/// paraphrase. So a text that quotes, that has codes, paths, flags or versions in it, or that is only a word or three, is
/// searched by both; any other is a sentence, searched by its vector. What that gives on labelled questions is
/// in docs/ranking.md.
public enum StrategyChoice: String, Sendable, Hashable, CaseIterable {
    /// It quotes something, a message most likely.
    case quoted
    /// A code, a number, a path, a flag, a symbol, a file's name: a word that has more in it than letters.
    case coded
    /// At most `shortWords` words.
    case short
    case sentence

    static let shortWords = 3
    private static let quotes: Set<Unicode.Scalar> = ["\"", "`", "“", "”", "„", "«", "»", "‘"]
    private static let signs = Set("_/\\=$|#@<>{}[]()*:;&+~^%".unicodeScalars)
    /// What ends a sentence or a part of it is no part of its last word.
    private static let endings: Set<Unicode.Scalar> = [".", ",", "!", "?"]

    /// - Parameter folded: the question's folded text: letters' case must not decide.
    public init(folded: String) {
        var words = 0
        var isCoded = false
        for word in folded.unicodeScalars.split(whereSeparator: \.properties.isWhitespace) {
            if word.first == "'" || word.contains(where: Self.quotes.contains) {
                self = .quoted
                return
            }
            words += 1
            isCoded = isCoded || Self.isCode(word)
        }
        self = isCoded ? .coded : words <= Self.shortWords ? .short : .sentence
    }

    private static func isCode(_ word: Substring.UnicodeScalarView) -> Bool {
        guard let end = word.lastIndex(where: { !endings.contains($0) }), let first = word.first else { return false }
        let core = word[...end]
        return (first == "-" && core.count > 1) || core.dropFirst().contains(".")
            || core.contains { signs.contains($0) || ("0"..."9").contains($0) }
    }

    public var strategy: SearchStrategy { self == .sentence ? .vector : .hybrid }
}

extension SearchStrategy {
    /// What is done for a text; never `auto`.
    ///
    /// - Parameter hasVector: whether the question has a vector; without one there are only the words.
    public func resolved(folded: String, hasVector: Bool) -> SearchStrategy {
        guard hasVector else { return .lexical }
        return self == .auto ? StrategyChoice(folded: folded).strategy : self
    }
}
