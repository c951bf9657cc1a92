import Foundation
import GRDB
import Knowledge

/// The words of all items, ranked by BM25 with each tenant's own statistics.
///
/// **Stored.** Our tokeniser makes the terms; they go, joined by spaces, into one FTS5 column whose own tokeniser
/// separates at white space only. Each term carries its tenant's number in front (`7:libssl`), so a tenant's
/// postings are lists of their own: no other tenant's are read, and none of its writes moves a score. Looked up are
/// the posting lists themselves, through FTS5's vocabulary table; only the filter of a list of items asks FTS5 itself, by
/// quoted terms.
///
/// **Score.** Okapi BM25 (Robertson and Zaragoza, 2009) with k1 = 1.2, b = 0.75 and idf = ln(1 + (N − df + ½) / (df + ½)),
/// rounded to 6 decimals; where qualities have a share, times `ItemQuality.rankFactor`, rounded again. The term frequency and the length of the item scored are always those of the item as
/// it is. **Frozen** until the tenant's epoch turns are N, the average length and every df, so that a write moves no
/// other item's score. A term that was in fewer than two items then counts as in one. The epoch turns, in
/// the transaction that brings it about, when the items written or deleted since the last turn reach a tenth of
/// the items at that turn.
///
/// **Bounds.** Of the question's terms the rarest are read until `maximumPostings` would be exceeded, at
/// least one: the most common words drop out first, and with the frozen df the choice stays the same within an
/// epoch. Lengths are read only while an item's best possible score can still reach the list (the threshold algorithm
/// of Fagin): the order is that of scoring them all.
enum LexicalIndex {
    /// Postings read for one question at most, about 1 ms of work.
    static let maximumPostings = 4_000
    /// The share of a tenant's items, as a divisor, whose change turns the epoch.
    static let epochGrowthDivisor = 10

    /// Occurrences read at most: frequencies are frozen and the lists may have grown since; repetitions come on top.
    static let maximumPostingRows = maximumPostings * LexicalTokenizer.maximumRepetitions
    /// Two scores further apart than this are never rounded to the same, weighed by quality or not.
    static let roundingMargin = 2e-6

    private static let k1 = 1.2
    private static let b = 0.75

    /// What an item's length does to its score.
    static func normalisation(length: Double, averageLength: Double) -> Double {
        k1 * (1 - b + b * length / averageLength)
    }

    /// A term's share of the score for each unit of its idf.
    static func saturation(_ frequency: Double, _ normalisation: Double) -> Double {
        frequency * (k1 + 1) / (frequency + normalisation)
    }

    struct Match: Equatable {
        let item: Int64
        let score: Double
    }

    static func createTables(_ db: Database) throws {
        let separatorsOnly = "ascii tokenchars \(quoted(asciiPunctuation))"
        try db.execute(
            sql: """
                CREATE VIRTUAL TABLE item_lexical USING fts5(terms, tokenize = \(quoted(separatorsOnly)));
                CREATE VIRTUAL TABLE item_posting USING fts5vocab(item_lexical, 'instance');
                CREATE VIRTUAL TABLE item_term USING fts5vocab(item_lexical, 'row');
                CREATE TABLE term_frequency(
                    tenant INTEGER NOT NULL REFERENCES tenant(ordinal),
                    term TEXT NOT NULL,
                    items INTEGER NOT NULL,
                    PRIMARY KEY(tenant, term)
                ) WITHOUT ROWID;
                """)
    }

    private static let asciiPunctuation = String(
        String.UnicodeScalarView(
            (0x21...0x7E).map { Unicode.Scalar(UInt8($0)) }.filter {
                !$0.properties.isAlphabetic && !("0"..."9").contains($0)
            }))

    private static func quoted(_ text: String) -> String {
        "'" + text.replacingOccurrences(of: "'", with: "''") + "'"
    }

    // MARK: Writing

    /// - Parameter terms: in the form in which they are stored; see `WordForms`.
    static func insert(_ terms: [String], item: Int64, tenant: Int64, in db: Database) throws {
        let prefix = prefix(of: tenant)
        var text = ""
        for term in terms {
            text += prefix
            text += term
            text += " "
        }
        try db.cachedStatement(sql: "INSERT INTO item_lexical(rowid, terms) VALUES (?, ?)")
            .execute(arguments: [item, text])
    }

    static func delete(item: Int64, in db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM item_lexical WHERE rowid = ?").execute(arguments: [item])
    }

    /// Whether as many items as `changes` turn the epoch of a tenant that had `items` at the last turn.
    ///
    /// - Parameter isBulk: amid many transactions, when a turn reads all words for statistics that the next one ends.
    static func turnsEpoch(changes: Int, items: Int, isBulk: Bool) -> Bool {
        changes > 0 && changes * (isBulk ? 1 : epochGrowthDivisor) >= items
    }

    /// Freezes the document frequencies as they are now.
    ///
    /// - Parameter words: while a word may have two forms, those of one item are kept too, for the two are added up.
    static func freezeFrequencies(of tenant: Int64, words: WordForms, in db: Database) throws {
        let prefix = prefix(of: tenant)
        try db.cachedStatement(sql: "DELETE FROM term_frequency WHERE tenant = ?").execute(arguments: [tenant])
        try db.cachedStatement(
            sql: """
                INSERT INTO term_frequency(tenant, term, items)
                SELECT ?1, substr(term, ?2), doc FROM item_term WHERE term >= ?3 AND term < ?4 AND doc > ?5
                """
        ).execute(
            arguments: [tenant, prefix.count + 1, prefix, pastPrefix(of: tenant), words.findsPlain ? 0 : 1])
    }

    /// The first string behind all that begin with the prefix: `;` follows `:`.
    private static func pastPrefix(of tenant: Int64) -> String { "\(String(tenant, radix: 36));" }
    private static func prefix(of tenant: Int64) -> String { "\(String(tenant, radix: 36)):" }

    // MARK: Searching

    /// What FTS5 is asked for items that have all terms of a tenant: each a string of its own, in which nothing but the
    /// quote has a meaning.
    static func match(all terms: [String], tenant: TenantRow, words: WordForms) -> String {
        let prefix = prefix(of: tenant.ordinal)
        return words.lookedUp(terms, tenant: tenant.name).map { forms in
            let strings = forms.map { "\"" + (prefix + $0).replacingOccurrences(of: "\"", with: "\"\"") + "\"" }
            return "(" + strings.joined(separator: " OR ") + ")"
        }.joined(separator: " AND ")
    }

    /// A list, and what decided which items are in it.
    struct Ranking {
        fileprivate(set) var matches: [Match] = []
        /// What another item would have to score; see `Footprint`.
        fileprivate(set) var entry = Footprint.WordList(
            terms: [], averageLength: 1, entryScore: 0, postingRoom: maximumPostingRows)
    }

    /// The best `limit` items, by score, then by id.
    ///
    /// - Parameters:
    ///   - qualities: what has a share in the scores; `nil` ranks by the words alone.
    ///   - words: the forms in which items have them.
    ///   - accepts: whether an item may be in the list at all; asked only of items that could reach it.
    static func search(
        _ terms: [String], tenant: TenantRow, limit: Int, qualities: TenantQualities?, words: WordForms,
        in db: Database, accepts: (Int64) throws -> Bool
    ) throws -> Ranking {
        var ranking = Ranking()
        guard limit > 0, tenant.epochItems > 0 else { return ranking }
        let chosen = try rarest(terms, of: tenant, words, in: db)
        guard !chosen.isEmpty else { return ranking }
        let candidates = try postings(of: chosen, tenant: tenant, in: db)
        ranking.matches = try best(
            limit, of: candidates, terms: chosen, tenant: tenant, qualities: qualities, in: db, accepts: accepts)
        ranking.entry = Footprint.WordList(
            terms: chosen.map { Footprint.Term(hash: Footprint.hash($0.text), inverseFrequency: $0.inverseFrequency) }
                .sorted { $0.hash < $1.hash },
            averageLength: averageLength(of: tenant),
            entryScore: ranking.matches.count < limit ? 0 : ranking.matches.last?.score ?? 0,
            postingRoom: maximumPostingRows - candidates.rowCount)
        return ranking
    }

    private static func averageLength(of tenant: TenantRow) -> Double {
        max(Double(tenant.epochTerms) / Double(tenant.epochItems), 1)
    }

    private struct WeightedTerm {
        let text: String
        /// As items have it: of every term the same number.
        let forms: [String]
        let items: Int
        let inverseFrequency: Double
    }

    private static func rarest(
        _ terms: [String], of tenant: TenantRow, _ words: WordForms, in db: Database
    ) throws -> [WeightedTerm] {
        let frequency = try db.cachedStatement(
            sql: "SELECT items FROM term_frequency WHERE tenant = ? AND term = ?")
        let total = Double(tenant.epochItems)
        var weighted: [WeightedTerm] = []
        for (term, forms) in zip(terms, words.lookedUp(terms, tenant: tenant.name)) {
            let found = try forms.reduce(0) {
                try $0 + (Int.fetchOne(frequency, arguments: [tenant.ordinal, $1]) ?? 0)
            }
            let items = min(max(found, 1), tenant.epochItems)
            let count = Double(items)
            let inverse = (1 + (total - count + 0.5) / (count + 0.5))
            weighted.append(WeightedTerm(text: term, forms: forms, items: items, inverseFrequency: log(inverse)))
        }
        weighted.sort { ($0.items, $0.text) < ($1.items, $1.text) }
        var postings = 0
        var chosen: [WeightedTerm] = []
        for term in weighted {
            postings += term.items
            if postings > maximumPostings, !chosen.isEmpty { break }
            chosen.append(term)
        }
        return chosen
    }

    /// Which items have which terms how often: a matrix of candidates by terms.
    private struct Candidates {
        let termCount: Int
        var items: [Int64] = []
        var frequencies: [UInt8] = []
        var slots: [Int64: Int] = [:]
        /// Occurrences counted, at most `maximumPostingRows`.
        var rowCount = 0

        mutating func count(_ term: Int, in item: Int64) {
            rowCount += 1
            let slot: Int
            if let known = slots[item] {
                slot = known
            } else {
                slot = items.count
                slots[item] = slot
                items.append(item)
                frequencies.append(contentsOf: repeatElement(0, count: termCount))
            }
            let position = slot * termCount + term
            if frequencies[position] < UInt8.max { frequencies[position] += 1 }
        }
    }

    private static func postings(of terms: [WeightedTerm], tenant: TenantRow, in db: Database) throws -> Candidates {
        let prefix = prefix(of: tenant.ordinal)
        let list = String(
            decoding: try JSONEncoder().encode(terms.flatMap { $0.forms.map { prefix + $0 } }), as: UTF8.self)
        let formCount = max(1, terms.first?.forms.count ?? 1)
        // One statement for all terms: opening the vocabulary costs more than reading a short posting list.
        let statement = try db.cachedStatement(
            sql: """
                SELECT wanted.key, item_posting.doc FROM json_each(?) AS wanted
                CROSS JOIN item_posting ON item_posting.term = wanted.value
                """)
        var candidates = Candidates(termCount: terms.count)
        let rows = try Row.fetchCursor(statement, arguments: [list])
        while let row = try rows.next() {
            candidates.count((row[0] as Int) / formCount, in: row[1])
            if candidates.rowCount == maximumPostingRows { break }
        }
        return candidates
    }

    private static func best(
        _ limit: Int, of candidates: Candidates, terms: [WeightedTerm], tenant: TenantRow, qualities: TenantQualities?,
        in db: Database, accepts: (Int64) throws -> Bool
    ) throws -> [Match] {
        let averageLength = averageLength(of: tenant)
        func score(_ slot: Int, length: Double) -> Double {
            let normalisation = normalisation(length: length, averageLength: averageLength)
            var sum = 0.0
            for (index, term) in terms.enumerated() {
                let frequency = Double(candidates.frequencies[slot * terms.count + index])
                guard frequency > 0 else { continue }
                sum += term.inverseFrequency * saturation(frequency, normalisation)
            }
            return rounded(sum)
        }
        func weighed(_ score: Double, _ quality: Double) -> Double { rounded(score * ItemQuality.rankFactor(quality)) }
        // What an item without length and of the highest quality would score bounds what it can.
        let highest = qualities?.highest ?? 0
        let bounds = candidates.items.indices.map { (slot: $0, bound: weighed(score($0, length: 0), highest)) }
            .sorted { ($1.bound, $0.slot) < ($0.bound, $1.slot) }
        let lengths = try db.cachedStatement(sql: "SELECT lexical_length FROM item WHERE id = ?")
        var list: [Match] = []
        for candidate in bounds {
            if list.count == limit, let last = list.last, candidate.bound < last.score { break }
            let item = candidates.items[candidate.slot]
            guard try accepts(item), let length = try Int.fetchOne(lengths, arguments: [item]) else { continue }
            let match = Match(
                item: item,
                score: weighed(
                    score(candidate.slot, length: Double(length)), try qualities?.quality(of: item) ?? 0))
            let place = list.firstIndex { precedes(match, $0) } ?? list.endIndex
            guard place < limit else { continue }
            list.insert(match, at: place)
            if list.count > limit { list.removeLast() }
        }
        return list
    }

    private static func precedes(_ one: Match, _ other: Match) -> Bool {
        one.score != other.score ? one.score > other.score : one.item < other.item
    }

    private static func rounded(_ score: Double) -> Double { (score * 1_000_000).rounded() / 1_000_000 }
}
