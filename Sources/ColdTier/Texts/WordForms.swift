import Crypto

/// How words lie in the full-text index: as they are or, in a sealed store, as keyed hashes.
///
/// A hash is `=` and 16 hexadecimal digits, the first 64 bits of HMAC-SHA256 over tenant and word; no word begins with `=`.
/// It tells which items of a tenant share a word and how often, not which word it is.
struct WordForms: Sendable {
    /// No word begins so, for the tokeniser cuts it off.
    static let mark = "="
    /// The first string behind all hashes.
    static let pastMark = ">"

    private let primed: HMAC<SHA256>?
    /// While a store is being sealed, items not reached yet have their words as they are.
    let findsPlain: Bool

    /// - Parameter secret: `nil` where words are stored as they are.
    init(secret: IndexSecret?, findsPlain: Bool) {
        primed = secret.map { HMAC(key: $0.derived(for: "words")) }
        self.findsPlain = findsPlain
    }

    /// The forms that words are stored in from now on, in order.
    func stored(_ words: [String], tenant: String) -> [String] {
        guard let primed else { return words }
        let ofTenant = Self.ofTenant(primed, tenant)
        var known: [String: String] = [:]
        return words.map { word in
            if let form = known[word] { return form }
            let form = Self.hash(word, ofTenant)
            known[word] = form
            return form
        }
    }

    /// The forms of each word that items may have: the same number for each.
    func lookedUp(_ words: [String], tenant: String) -> [[String]] {
        guard primed != nil else { return words.map { [$0] } }
        return zip(words, stored(words, tenant: tenant)).map { word, form in findsPlain ? [form, word] : [form] }
    }

    private static func ofTenant(_ primed: HMAC<SHA256>, _ tenant: String) -> HMAC<SHA256> {
        var hash = primed
        hash.update(data: Array(tenant.utf8))
        hash.update(data: [0])
        return hash
    }

    private static func hash(_ word: String, _ ofTenant: HMAC<SHA256>) -> String {
        var hash = ofTenant
        hash.update(data: Array(word.utf8))
        let high = hash.finalize().prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let digits = String(high, radix: 16)
        return mark + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
