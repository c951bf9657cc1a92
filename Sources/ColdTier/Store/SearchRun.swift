import GRDB
import Knowledge

/// One search over one state of the store: filter, vector list, lexical list, fusion, rows.
///
/// Runs on a database queue, inside a read transaction that stands at `changeNumber`, as `index` does.
struct SearchRun {
    /// Places of each list that fusion looks at: more than twice the largest `top_k`.
    static let fusedListLength = 50
    /// The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009).
    static let fusionConstant = 60.0
    /// Where qualities have a share, the list by similarity begins so many times as long as the result: mostly long enough.
    private static let weighedListFactor = 4

    private let search: ColdSearch
    private let index: IndexSnapshot?
    private let crew: ScanCrew
    private let texts: StoreTexts
    private let changeNumber: Int64
    private let strategy: SearchStrategy
    private var clock: ContinuousClock.Instant
    private var steps: [ColdSearchStep] = []
    private var candidates: Set<ItemID> = []
    /// What an item must reach to enter the lists; `nil` for a list that is not made.
    private var vectorEntry: (minimumSimilarity: Double, score: Double)?
    private var wordEntry: Footprint.WordList?

    private struct Entry {
        let id: ItemID
        let score: Double
        /// `nil` until it is known.
        var similarity: Double?

        static func precedes(_ one: Entry, _ other: Entry) -> Bool {
            one.score != other.score ? one.score > other.score : one.id < other.id
        }
    }

    init(
        _ search: ColdSearch, index: IndexSnapshot?, crew: ScanCrew, texts: StoreTexts, changeNumber: Int64,
        since start: ContinuousClock.Instant
    ) {
        self.search = search
        self.crew = crew
        self.texts = texts
        self.index = index
        self.changeNumber = changeNumber
        strategy = search.resolvedStrategy
        // Of lists that are empty so far.
        if strategy != .lexical { vectorEntry = (search.minScore ?? Question.defaultMinScore, -.infinity) }
        if strategy != .vector { wordEntry = LexicalIndex.Ranking().entry }
        clock = start
    }

    consuming func run(in db: Database) throws -> ColdAnswer {
        finish(.snapshot, candidates: index?.count ?? 0)
        guard let tenant = try TenantRow.load(search.tenant.name, in: db) else {
            return answer(results: [], searched: 0, epoch: 0)
        }
        var allowed = search.items.map { ItemSelection($0) }
        if allowed == nil, search.category != nil || !search.tags.isEmpty {
            let selection = ItemSelection(try ItemFilter.items(of: search, tenant: tenant.ordinal, in: db))
            finish(.filter, candidates: selection.count)
            allowed = selection
        }
        let entries = try rank(tenant, allowed, in: db)
        let results = try results(entries, tenant: tenant, in: db)
        finish(.rows, candidates: results.count)
        let searchable = strategy == .vector ? index?.count ?? 0 : tenant.items
        return answer(results: results, searched: min(allowed?.count ?? searchable, searchable), epoch: tenant.epoch)
    }

    private mutating func rank(
        _ tenant: TenantRow, _ allowed: ItemSelection?, in db: Database
    ) throws -> [Entry] {
        let qualities = try TenantQualities(of: tenant.ordinal, in: db)
        switch strategy {
        case .lexical: return try lexicalList(search.topK, tenant, qualities, allowed, in: db)
        case .auto, .vector: return try weighedVectorList(qualities, allowed)
        case .hybrid:
            let vector = try vectorList(Self.fusedListLength, allowed)
            let lexical = try lexicalList(Self.fusedListLength, tenant, nil, allowed, in: db)
            let fused = try Self.fuse(vector, lexical, qualities)
            finish(.fusion, candidates: fused.count)
            return Array(fused.prefix(search.topK))
        }
    }

    /// The list by similarity alone.
    private mutating func vectorList(_ length: Int, _ allowed: ItemSelection?) throws -> [Entry] {
        guard let query = search.vector, let index else { return [] }
        let matches = try index.search(
            query: query, k: length, minimumSimilarity: search.minScore ?? Question.defaultMinScore, allowed: allowed,
            crew: crew)
        finish(.vector, candidates: matches.count)
        candidates.formUnion(matches.map(\.id))
        if matches.count == length, let last = matches.last { vectorEntry = (last.similarity, -.infinity) }
        return matches.map { Entry(id: $0.id, score: $0.similarity) }
    }

    /// The best by similarity and quality together: exactly what weighing every item would give.
    ///
    /// The list by similarity is made longer until no item left out of it could reach the last place, even with the
    /// highest quality that the tenant has.
    private mutating func weighedVectorList(
        _ qualities: TenantQualities, _ allowed: ItemSelection?
    ) throws -> [Entry] {
        guard let query = search.vector, let index else { return [] }
        var bound = search.minScore ?? Question.defaultMinScore
        var length = search.topK * (qualities.isEmpty ? 1 : Self.weighedListFactor)
        var entries: [Entry] = []
        while true {
            let matches = try index.search(
                query: query, k: length, minimumSimilarity: bound, allowed: allowed, crew: crew)
            entries = try matches.map { match in
                let quality = try qualities.quality(of: match.id.rawValue)
                return Entry(
                    id: match.id, score: SimilarityRank(similarity: match.similarity).score(quality: quality),
                    similarity: match.similarity)
            }
            if !qualities.isEmpty { entries.sort(by: Entry.precedes) }
            entries = Array(entries.prefix(search.topK))
            guard !qualities.isEmpty, matches.count == length, let least = matches.last, let last = entries.last,
                SimilarityRank(similarity: least.similarity).score(quality: qualities.highest) >= last.score
            else { break }
            length *= Self.weighedListFactor
            // Lower similarities cannot reach the last place; one ten-thousandth is for the bound's being exclusive.
            bound = max(bound, last.score - ItemQuality.rankingShare * qualities.highest - 2e-4)
        }
        finish(.vector, candidates: entries.count)
        candidates.formUnion(entries.map(\.id))
        if entries.count == search.topK, let last = entries.last { vectorEntry?.score = last.score }
        return entries
    }

    /// - Parameter qualities: what has a share in the order; `nil` for a list that is fused.
    private mutating func lexicalList(
        _ length: Int, _ tenant: TenantRow, _ qualities: TenantQualities?, _ allowed: ItemSelection?, in db: Database
    ) throws -> [Entry] {
        let terms = LexicalTokenizer.questionTerms(search.text)
        let ranking = try LexicalIndex.search(
            terms, tenant: tenant, limit: length, qualities: qualities, words: texts.keys.words, in: db
        ) { item in
            let id = ItemID(item)
            if let allowed, !allowed.contains(id) { return false }
            guard let minScore = search.minScore else { return true }
            return try similarities(of: [id])[id, default: 0] > minScore
        }
        finish(.lexical, candidates: ranking.matches.count)
        candidates.formUnion(ranking.matches.map { ItemID($0.item) })
        wordEntry = ranking.entry
        return ranking.matches.map { Entry(id: ItemID($0.item), score: $0.score) }
    }

    /// Σ 1 / (60 + rank) over the lists that an item is in, ranks from 1, times the share of its quality.
    private static func fuse(
        _ vector: [Entry], _ lexical: [Entry], _ qualities: TenantQualities
    ) throws -> [Entry] {
        var sums: [ItemID: Double] = [:]
        for list in [vector, lexical] {
            for (place, entry) in list.enumerated() {
                sums[entry.id, default: 0] += 1 / (fusionConstant + Double(place + 1))
            }
        }
        return try sums.map { id, sum in
            let factor = ItemQuality.rankFactor(try qualities.quality(of: id.rawValue))
            return Entry(id: id, score: (sum * factor * 1_000_000).rounded() / 1_000_000)
        }.sorted(by: Entry.precedes)
    }

    private func similarities(of ids: [ItemID]) throws -> [ItemID: Double] {
        guard let query = search.vector, let index, !ids.isEmpty else { return [:] }
        return try index.similarity(of: ids, query: query)
    }

    private func results(_ entries: [Entry], tenant: TenantRow, in db: Database) throws -> [RankedItem] {
        guard !entries.isEmpty else { return [] }
        let places = String(repeating: "?,", count: entries.count - 1) + "?"
        // The plus sign keeps the planner off the tenant's whole list of items.
        let statement = try db.cachedStatement(
            sql: "SELECT \(ItemRow.columns) FROM item WHERE +tenant = ? AND id IN (\(places))")
        // By their common type: GRDB looks up a key path for each list of integers, which costs as much as reading a row.
        let values: [(any DatabaseValueConvertible)?] = [tenant.ordinal] + entries.map { $0.id.rawValue }
        let reader = TextReader(texts: texts, tenant: tenant.name, db: db)
        var items: [ItemID: KnowledgeItem] = [:]
        let rows = try Row.fetchCursor(statement, arguments: StatementArguments(values))
        while let row = try rows.next() {
            let item = try reader.item(ItemRow(row))
            items[item.id] = item
        }
        let similarities = try similarities(of: entries.filter { $0.similarity == nil }.map(\.id))
        return try entries.map { entry in
            guard let item = items[entry.id] else {
                // Index and rows stand at one change number, so only damage can part them.
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "item \(entry.id) has no row")
            }
            let similarity = entry.similarity ?? similarities[entry.id]
            return RankedItem(
                item: item, similarity: similarity ?? 0, score: entry.score,
                basis: similarity == nil ? .lexical : .cosine)
        }
    }

    private mutating func finish(_ name: ColdSearchStep.Name, candidates: Int) {
        let now = ContinuousClock.now
        steps.append(
            ColdSearchStep(name: name, microseconds: (now - clock).microseconds, candidates: candidates))
        clock = now
    }

    private var footprint: Footprint {
        Footprint(
            category: search.category.map { Footprint.hash($0) }, tags: search.tags.map { Footprint.hash($0) },
            candidates: candidates.sorted(), vector: vectorList, words: wordEntry)
    }

    private var vectorList: Footprint.VectorList? {
        guard let vector = search.vector, let vectorEntry else { return nil }
        let query = QuantizedQuery(vector)
        return Footprint.VectorList(
            codes: query.codes, scale: query.scale, residualNorm: query.residualNorm,
            minimumSimilarity: vectorEntry.minimumSimilarity, entryScore: vectorEntry.score)
    }

    private func answer(results: [RankedItem], searched: Int, epoch: Int) -> ColdAnswer {
        ColdAnswer(
            changeNumber: ChangeNumber(changeNumber), results: results, itemsSearched: searched, strategy: strategy,
            rankingEpoch: epoch, steps: steps, footprint: footprint)
    }
}
