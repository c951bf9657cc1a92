import Knowledge

/// One piece of a question as the guard reads it.
struct GuardToken: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case word
        /// A number or a version.
        case number
        /// Letters and digits as in CS0246 or CE-34788-0.
        case code
        /// An option, a setting's name, a file's name, a symbol.
        case identifier
        case path
        /// An address, a time, an id of one run: what differs between two reports of one trouble.
        case harmless
    }

    /// In lower case; of a harmless piece, only what sort it is.
    let text: String
    let stem: String
    let kind: Kind
    /// Number of the clause, parted by punctuation and by words such as "when" and "because".
    var clause: Int
    /// True for the first of a sentence or of a part between punctuation.
    let startsClause: Bool
}

extension GuardToken {
    /// Words after which another statement begins.
    private static let clauseWords: Set<String> = [
        "when", "whenever", "because", "since", "after", "before", "while", "although", "though", "if", "but", "as",
        "whereas", "so", "until",
    ]
    /// Numbers in words; "one" is a pronoun more often, "second" a time.
    private static let spelt = [
        "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
        "ten": "10", "eleven": "11", "twelve": "12", "hundred": "100", "thousand": "1000",
    ]
    private static let currencies = ["rs.", "rs", "inr", "usd", "eur"]
    private static let quotes: Set<Character> = ["\"", "'", "`", "“", "”", "‘", "«", "»"]
    private static let opening: Set<Character> = ["(", "[", "{", "<"]
    private static let closing: Set<Character> = [")", "]", "}", ">", ",", ";", ":", "!", "?", "."]
    /// Ends of contractions that are words of their own.
    private static let contractions: [(ending: String, word: String)] = [
        ("'s", ""), ("'re", "are"), ("'ve", "have"), ("'ll", "will"), ("'d", ""), ("'m", "am"),
    ]

    /// The tokens of a question in order, in lower case and without accents.
    static func tokens(of text: String) -> [GuardToken] {
        var tokens: [GuardToken] = []
        var clause = 0
        var isClauseStart = true
        let folded = text.foldedQuestion().replacing("’", with: "'").replacing(" & ", with: " and ")
        for piece in folded.split(separator: " ") {
            let (core, endsClause) = trimmed(piece)
            for word in parts(of: core) {
                if clauseWords.contains(word.text) { clause += 1 }
                tokens.append(
                    GuardToken(
                        text: word.text, stem: word.kind == .word ? WordStem.stem(of: word.text) : word.text,
                        kind: word.kind, clause: clause, startsClause: isClauseStart))
                isClauseStart = false
            }
            if endsClause || core.isEmpty {
                clause += 1
                isClauseStart = true
            }
        }
        return tokens
    }

    /// A piece without the punctuation around it, and whether that ends a clause.
    private static func trimmed(_ piece: Substring) -> (core: Substring, endsClause: Bool) {
        var core = piece
        var endsClause = false
        while let first = core.first, quotes.contains(first) || opening.contains(first) { core = core.dropFirst() }
        while let last = core.last, quotes.contains(last) || closing.contains(last) {
            if closing.contains(last) { endsClause = true }
            core = core.dropLast()
        }
        if core.allSatisfy({ "-–—|&+".contains($0) }) { return (core.prefix(0), core != "&" && core != "+") }
        return (core, endsClause)
    }

    private static func parts(of core: Substring) -> [(text: String, kind: Kind)] {
        guard !core.isEmpty else { return [] }
        if let kind = special(core) { return [kind] }
        return core.split { "/,;|".contains($0) || $0 == "…" }.flatMap { part -> [(text: String, kind: Kind)] in
            if let kind = special(part) { return [kind] }
            return unhyphenated(part).flatMap(words).map { ($0, .word) }
        }
    }

    /// First parts of compounds that mean nothing by themselves, or another thing.
    private static let prefixes: Set<String> = [
        "anti", "auto", "bio", "counter", "cross", "cyber", "extra", "inter", "intra", "macro", "mega", "meta", "micro",
        "mid", "mini", "mis", "multi", "neo", "non", "off", "out", "over", "post", "pre", "pro", "pseudo", "semi",
        "sub",
        "super", "tele", "trans", "ultra", "under", "uni",
    ]
    /// Shorter parts make one word: "e-mail", "wi-fi", "add-on".
    private static let minimumPart = 3

    /// "zero-sum" is "zero sum".
    private static func unhyphenated(_ part: Substring) -> [Substring] {
        let parts = part.split(separator: "-")
        let areWords = parts.count > 1 && parts.allSatisfy { $0.count >= minimumPart && $0.allSatisfy(\.isLetter) }
        return areWords && !prefixes.contains(String(parts[0])) ? parts : [part]
    }

    /// "can't" is "can not", "what's" is "what is", "user's" is "user", "e-mail" is "email".
    private static func words(in part: Substring) -> [String] {
        var word = part.filter { $0 != "-" && !quotes.contains($0) || $0 == "'" }
        if word == "cannot" { return ["can", "not"] }
        if word.hasSuffix("n't") {
            word.removeLast(3)
            return [word == "ca" ? "can" : word == "wo" ? "will" : word, "not"]
        }
        for (ending, expansion) in contractions where word.hasSuffix(ending) {
            word.removeLast(ending.count)
            let asks = ["what", "who", "how", "where", "it", "that", "there", "why", "when"].contains(word)
            if ending == "'s", asks { return [word, "is"] }
            return expansion.isEmpty ? [word] : [word, expansion]
        }
        word.removeAll { $0 == "'" }
        return word.isEmpty ? [] : [word]
    }

    /// What a piece is if it is no word.
    private static func special(_ piece: Substring) -> (text: String, kind: Kind)? {
        var text = String(piece)
        if let spelt = spelt[text] { return (spelt, .number) }
        if isHarmless(piece) { return ("address", .harmless) }
        let position = text.split(separator: ":")
        if position.count > 1, position[0].contains("."), position.dropFirst().allSatisfy({ Int($0) != nil }) {
            return (String(position[0]), .path)
        }
        while let last = text.last, ":,.".contains(last) { text.removeLast() }
        if text.contains("://") || text.hasPrefix("\\\\") || text.hasPrefix("~/") || text.contains(":\\")
            || (text.hasPrefix("/") && text.count > 1) || text.hasPrefix("./") || text.hasPrefix("../")
            || text.count(where: { $0 == "/" }) > 1
        {
            return (text, .path)
        }
        let digits = text.count(where: \.isNumber)
        let letters = text.count(where: \.isLetter)
        if digits > 0 {
            if let number = number(text) { return (number, .number) }
            if letters > 0, !text.contains("/"), !text.contains("'") { return (text, .code) }
            return text.contains("/") ? nil : (text, .number)
        }
        let isDotted = text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { $0.count > 1 }
        if text.contains("_") || text.contains("::") || text.contains("()") || text.contains("@") || text.contains("$")
            || text.contains("=") || (text.hasPrefix("-") && letters > 0) || (text.contains(".") && isDotted)
            || (text.hasPrefix(".") && letters > 1)
        {
            return (text, .identifier)
        }
        return letters == 0 && !text.contains("+") && !text.contains("#") ? ("", .harmless) : nil
    }

    /// The one spelling of a number or version: "v2" is "2", "1,000" is "1000", "5%" is "5".
    private static func number(_ text: String) -> String? {
        var digits = text.filter { $0 != "," && $0 != "%" && $0 != "~" && !$0.isCurrencySymbol }
        for currency in currencies where digits.hasPrefix(currency) {
            digits.removeFirst(currency.count)
            break
        }
        if digits.hasPrefix("v") { digits.removeFirst() }
        for ordinal in ["st", "nd", "rd", "th"] where digits.hasSuffix(ordinal) { digits.removeLast(2) }
        if digits.hasSuffix("k"), let thousands = Int(digits.dropLast()) { return String(thousands) + "000" }
        guard let first = digits.first, first.isNumber,
            digits.allSatisfy({ $0.isNumber || $0 == "." || $0 == ":" || $0 == "-" || $0 == "+" || $0 == "x" })
        else { return nil }
        return digits
    }

    /// IPv4 and IPv6 addresses, UUIDs, hexadecimal addresses of 8 digits and more that are no status, times of day.
    private static func isHarmless(_ piece: Substring) -> Bool {
        let host = piece.split(separator: ":", maxSplits: 1).first ?? piece
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        if octets.count == 4, octets.allSatisfy({ UInt8($0) != nil }) { return true }
        let groups = piece.split(separator: ":", omittingEmptySubsequences: false)
        if groups.count == 3, groups.allSatisfy({ $0.prefix(2).allSatisfy(\.isNumber) && $0.count >= 2 }) {
            return true
        }
        if groups.count > 3, groups.allSatisfy({ $0.count <= 4 && $0.allSatisfy(\.isHexDigit) }) { return true }
        let blocks = piece.split(separator: "-", omittingEmptySubsequences: false)
        return blocks.map(\.count) == [8, 4, 4, 4, 12] && piece.allSatisfy { $0.isHexDigit || $0 == "-" }
    }
}
