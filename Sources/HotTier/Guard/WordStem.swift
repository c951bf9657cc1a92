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

    /// - Parameter word: in lower case.
    static func stem(of word: String) -> String {
        guard word.utf8.count > minimumStem, word.utf8.allSatisfy({ (0x61...0x7A).contains($0) }) else { return word }
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
}
