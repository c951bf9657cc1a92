/// Why texts are stored anew.
public enum TextRecodingWork: String, Sendable, Hashable, Codable {
    /// The store was not sealed before.
    case sealing
    /// It was sealed by another key.
    case rekeying
    /// A tenant has got a dictionary.
    case compressing

    /// Nothing of what was there may be left in the file.
    var isSecret: Bool { self != .compressing }
}

/// How far texts are stored anew.
public struct TextRecodingProgress: Sendable, Hashable {
    public let work: TextRecodingWork
    /// Items; what comes behind them (replaced versions, words, the file itself) is not counted.
    public let done: Int
    public let total: Int
    /// What is done at the moment: "items", "versions", "frequencies", "dictionaries", "merge", "vacuum" or "truncate".
    public let phase: String
    /// Why it does not go on at the moment.
    public let problem: String?
}
