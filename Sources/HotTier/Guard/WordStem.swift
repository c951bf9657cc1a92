/// The part of an English word that its inflections share: "copies", "copied" and "copying" are one.
///
/// Only inflections go (plural, -ing, -ed, -ly). Derivations stay apart ("install" and "installer",
/// "engine" and "engineer"), and so do prefixes ("lock", "unlock"), for they change what is meant. A much
/// reduced form of Porter's algorithm (An algorithm for suffix stripping, 1980).
enum WordStem {
    /// What must be left of a word when an ending goes.
    private static let minimumStem = 3
    private static let endings: [(ending: String, replacement: String)] = [
        ("ies", "y"), ("ied", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"),
        ("ings", ""), ("ing", ""), ("edly", ""), ("ed", ""), ("ly", ""), ("s", ""),
    ]
    /// A final s that is no plural.
    private static let singular = ["ss", "us", "is", "os"]

    /// Words that would meet a word of another meaning: "note" and "not", "bar" and "barely", "near" and "nearly".
    private static let exceptions = [
        "note": "note", "notes": "note", "noted": "note", "hardly": "hardly", "barely": "barely", "nearly": "nearly",
        "lately": "lately", "shortly": "shortly", "largely": "largely", "highly": "highly", "mostly": "mostly",
        "fairly": "fairly", "mainly": "mainly", "justly": "justly", "news": "news", "being": "being",
    ]

    /// - Parameter word: in lower case.
    static func stem(of word: String) -> String {
        guard word.utf8.count > minimumStem, word.utf8.allSatisfy({ (0x61...0x7A).contains($0) }) else { return word }
        if let exception = exceptions[word] { return exception }
        var stem = word
        for (ending, replacement) in endings where word.hasSuffix(ending) {
            guard word.utf8.count - ending.utf8.count >= minimumStem else { continue }
            if ending == "s", singular.contains(where: word.hasSuffix) { continue }
            stem = String(word.dropLast(ending.utf8.count)) + replacement
            break
        }
        let last = stem.suffix(2)
        if stem != word, last.count == 2, last.first == last.last, let letter = last.first, !"lsz".contains(letter) {
            stem.removeLast()
        }
        if stem.utf8.count > minimumStem, stem.hasSuffix("e") { stem.removeLast() }
        // "movie" and "movies", "city" and "cities" meet at the i.
        return stem.hasSuffix("y") ? stem.dropLast() + "i" : stem
    }

    /// Endings that make a noun, an adjective or a verb of a root, longest first. Those that make a doer of it
    /// ("-er", "-or", "-ist") or deny it ("-less") are left out: they change what is meant.
    private static let derivations = [
        "ization", "ation", "ition", "ement", "ment", "ness", "sion", "tion", "ence", "ance", "enci", "anci", "ical",
        "iti", "iv", "ativ", "ful", "ant", "ent", "ion", "iz", "ous", "al", "ic", "at", "i",
    ].sorted { $0.utf8.count > $1.utf8.count }
    /// What must be left of a stem when a derivation goes.
    private static let minimumRoot = 5

    /// What words of one family share: "prepare" and "preparation", "happy" and "happiness".
    static func root(of stem: String) -> String {
        let spelt = spelling(of: stem)
        guard spelt.utf8.count > minimumRoot, spelt.utf8.allSatisfy({ (0x61...0x7A).contains($0) }) else {
            return spelt
        }
        for ending in derivations where spelt.hasSuffix(ending) && spelt.utf8.count - ending.utf8.count >= minimumRoot {
            return String(spelt.dropLast(ending.utf8.count))
        }
        return spelt
    }

    /// British spellings as American ones: "colour", "organise", "analyse", "centre".
    static func spelling(of stem: String) -> String {
        for (british, american) in [("our", "or"), ("isation", "ization"), ("ys", "yz"), ("is", "iz"), ("tr", "ter")]
        where stem.hasSuffix(british) && stem.utf8.count - british.utf8.count >= 3 {
            return stem.dropLast(british.count) + american
        }
        return stem
    }
}
