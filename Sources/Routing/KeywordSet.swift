import Knowledge

/// Words and phrases looked for in a folded question as whole words: "fail" is not in "failover".
///
/// A word is a run of letters and digits; everything else separates. A phrase of several words matches
/// the same words in a row.
public struct KeywordSet: Sendable, Hashable {
    private let words: Set<Substring>
    private let phrases: [[Substring]]

    /// Keywords in any case; blank ones are ignored.
    public init(_ keywords: [String]) {
        let split = keywords.map { Self.words(in: $0.foldedQuestion()) }
        words = Set(split.filter { $0.count == 1 }.map { $0[0] })
        phrases = split.filter { $0.count > 1 }
    }

    /// - Parameter folded: a question's folded text.
    public func matches(_ folded: String) -> Bool {
        let asked = Self.words(in: folded)
        if asked.contains(where: words.contains) { return true }
        return phrases.contains { phrase in
            asked.indices.contains { asked[$0...].starts(with: phrase) }
        }
    }

    private static func words(in text: String) -> [Substring] {
        text.split { !($0.isLetter || $0.isNumber) }
    }
}
