/// The word lists that the guard reads questions with; immutable, so any thread may use it.
///
/// Words are looked up by their stems, phrases of up to `maximumPhraseLength` words by the stems joined by
/// spaces; the longest phrase wins. Words that mean the same share a *term*, the first word of their group.
/// There is no copy of the lists in the program: `init(folder:)` reads them.
public struct GuardLexicon: Sendable {
    /// What a word is known as; one word can be several things.
    struct Categories: OptionSet, Sendable, Hashable {
        let rawValue: UInt16

        /// Says nothing about the matter: articles, auxiliaries, "really", "please".
        static let filler = Categories(rawValue: 1 << 0)
        static let negation = Categories(rawValue: 1 << 1)
        static let technology = Categories(rawValue: 1 << 2)
        static let operatingSystem = Categories(rawValue: 1 << 3)
        static let object = Categories(rawValue: 1 << 4)
        static let scope = Categories(rawValue: 1 << 5)
        static let quantity = Categories(rawValue: 1 << 6)
        /// Announces an error code, an exit code, a status.
        static let codeWord = Categories(rawValue: 1 << 7)
        /// Announces a number that differs between two reports of one trouble.
        static let harmlessWord = Categories(rawValue: 1 << 8)
        /// Joins two things that may stand in either order.
        static let symmetric = Categories(rawValue: 1 << 9)
        /// A noun that makes "what is the best … to" a "how do I".
        static let wayWord = Categories(rawValue: 1 << 10)
        /// Says little: decides only where there are few other words.
        static let weak = Categories(rawValue: 1 << 11)
        /// A port number with a meaning of its own.
        static let knownPort = Categories(rawValue: 1 << 12)
        /// Left over on one side of two questions, forgiven step by step as their vectors come close.
        static let common = Categories(rawValue: 1 << 13)
    }

    struct Entry: Sendable, Hashable {
        var term: String
        var categories: Categories = []
        /// Numbers of the pairs of opposites it belongs to, negative on the second side.
        var opposites: [Int] = []
        /// Numbers of the groups of neighbouring meaning it belongs to.
        var neighbourhoods: [Int] = []
    }

    static let maximumPhraseLength = 5

    private(set) var entries: [String: Entry] = [:]
    private var oppositePairs = 0
    private var neighbourhoods = 0

    /// The lists of `folder`, one file each.
    ///
    /// - Throws: an error that names file and line; a list that is missing is an error as well.
    public init(folder: String) throws(GuardLexiconError) {
        var inflections: [WordList.Line] = []
        for list in WordList.allCases {
            let lines = try list.lines(in: folder)
            for line in lines {
                switch list {
                case .antonyms:
                    guard line.sides.count == 2, line.sides.allSatisfy({ !$0.isEmpty }) else {
                        throw .malformed(
                            file: list.file, line: line.number, reason: "expected: words | their opposites")
                    }
                    addOpposites(line.sides[0], line.sides[1])
                default:
                    guard line.sides.count == 1 else {
                        throw .malformed(file: list.file, line: line.number, reason: "\"|\" belongs in antonyms only")
                    }
                    if list == .related { addNeighbours(line.sides[0]) }
                    add(line.sides[0], as: list.category, sharingATerm: list.groupsShareATerm)
                }
            }
            if list == .inflections { inflections = lines }
            guard entries.count <= WordList.maximumEntries else {
                throw .tooManyEntries(file: list.file, maximum: WordList.maximumEntries)
            }
        }
        inheritFromTerms(inflections)
    }

    /// "told" is what "tell" is, and "sold" is opposed to "bought".
    private mutating func inheritFromTerms(_ inflections: [WordList.Line]) {
        for key in inflections.flatMap({ $0.sides[0] }).map(Self.key) {
            guard let term = entries[key]?.term, term != key, let base = entries[term] else { continue }
            entries[key]?.categories.formUnion(base.categories)
            entries[key]?.opposites += base.opposites
        }
    }

    func entry(_ key: String) -> Entry? { entries[key] }

    /// The key of a word or phrase as it is written in a list.
    private static func key(_ phrase: String) -> String {
        GuardToken.tokens(of: phrase).map(\.stem).joined(separator: " ")
    }

    /// Gives the words of one line their category, and one term if they mean the same.
    ///
    /// A word that has a term already, from an earlier list, lends it to the others.
    private mutating func add(_ words: [String], as category: Categories, sharingATerm: Bool) {
        let keys = words.map(Self.key).filter { !$0.isEmpty }
        let shared = keys.compactMap({ entries[$0]?.term }).first ?? keys.first ?? ""
        for key in keys {
            entries[key, default: Entry(term: sharingATerm ? shared : key)].categories.insert(category)
            // What is asked of a term later must hold for it, whichever word of its group was read.
            if category == .common, let term = entries[key]?.term { entries[term]?.categories.insert(category) }
        }
    }

    private mutating func addNeighbours(_ words: [String]) {
        neighbourhoods += 1
        for key in words.map(Self.key) where !key.isEmpty {
            entries[entries[key]?.term ?? key, default: Entry(term: key)].neighbourhoods.append(neighbourhoods)
        }
    }

    /// Two terms that a list of neighbouring meanings joins.
    func areNeighbours(_ term: String, _ other: String) -> Bool {
        guard let neighbourhoods = entries[term]?.neighbourhoods, !neighbourhoods.isEmpty else { return false }
        return entries[other]?.neighbourhoods.contains(where: neighbourhoods.contains) == true
    }

    /// A common word that is no name of a thing.
    func isCommon(_ term: String) -> Bool {
        guard let categories = entries[term]?.categories else { return false }
        return categories.contains(.common) && categories.isDisjoint(with: .naming)
    }

    private mutating func addOpposites(_ words: [String], _ opposites: [String]) {
        oppositePairs += 1
        for (side, sign) in [(words, 1), (opposites, -1)] {
            for key in side.map(Self.key) where !key.isEmpty {
                entries[key, default: Entry(term: key)].opposites.append(sign * oppositePairs)
            }
        }
    }
}
