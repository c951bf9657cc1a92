/// What the guard compares of one question, made once by `SemanticGuard.analysis(of:)`.
///
/// A few kilobytes for a question of a thousand characters; bounded by `maximumTerms`.
public struct GuardedText: Sendable {
    /// Words beyond this are read, but not compared: such a text matches nothing.
    static let maximumTerms = 96

    /// One word that matters, or a link between two: "to", "from", "into", "than", a word of little weight.
    struct Occurrence: Sendable, Hashable {
        let term: String
        let clause: Int
        let isLink: Bool
    }

    /// The words that matter in order.
    var occurrences: [Occurrence] = []
    /// The words that matter, each once, sorted.
    var terms: [String] = []
    /// With them the words of little weight, which decide where there are few others.
    var allTerms: [String] = []
    /// What is denied, as the word after the negation.
    var denied: Set<String> = []
    var codes: Set<String> = []
    var numbers: Set<String> = []
    var identifiers: Set<String> = []
    var quotations: Set<String> = []
    var paths: Set<String> = []
    /// Numbers of pairs of opposites, negative for the second side.
    var opposites: Set<Int> = []
    var technologies: Set<String> = []
    var operatingSystems: Set<String> = []
    var objects: Set<String> = []
    var scopes: Set<String> = []
    var quantities: Set<String> = []
    var questionKinds: Set<String> = []
    /// What stands after "from", and after "to" and "into".
    var origins: Set<String> = []
    var destinations: Set<String> = []
    /// Verbs in the passive voice with their agents after "by", empty where none is named.
    var passives: [String: String] = [:]
    /// Words written with a capital though no sentence begins there.
    var names: Set<String> = []
    /// True when it asks about something that it does not show: "the solution of this exercise".
    var pointsOutside = false
    /// Whom it is asked for, where a clause ends with it: "for me", "to you".
    var addressees: Set<String> = []
    var isTooLong = false

    /// True for a question; a bare report of a trouble asks nothing.
    var asks: Bool { !questionKinds.isEmpty }
}
