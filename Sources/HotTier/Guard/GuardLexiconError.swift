/// Why the guard's word lists cannot be used, and what the operator should do about it.
public enum GuardLexiconError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The list is missing or cannot be read.
    case unreadable(file: String)
    /// The list is longer than `maximumBytes`.
    case tooLarge(file: String, maximumBytes: Int)
    case notText(file: String)
    /// All lists together hold more entries than `maximum`.
    case tooManyEntries(file: String, maximum: Int)
    /// A line that says nothing the list's format knows.
    case malformed(file: String, line: Int, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let file):
            "cannot read the word list \(file): restore it from the distribution, or set SEMANTIC_HITS=off"
        case .tooLarge(let file, let maximumBytes):
            "the word list \(file) is longer than \(maximumBytes) bytes: shorten it"
        case .notText(let file): "the word list \(file) is not UTF-8 text: save it as UTF-8"
        case .tooManyEntries(let file, let maximum):
            "the word lists hold more than \(maximum) entries, counted up to \(file): shorten them"
        case .malformed(let file, let line, let reason): "\(file), line \(line): \(reason)"
        }
    }
}
