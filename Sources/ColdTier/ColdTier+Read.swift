import Foundation
import GRDB
public import Knowledge
import Synchronization

extension ColdTier {
    /// Items of one read, whoever asks: bounds what is in memory at a time.
    public static let maximumPage = 1_000
    /// Exports at the same time. Each holds one state of the file, and with it the log written since.
    package static let maximumExports = 2

    public func item(_ id: ItemID, tenant: Tenant) async throws(ColdError) -> KnowledgeItem? {
        try await read { db in
            guard let row = try TenantRow.load(tenant.name, in: db) else { return nil }
            return try ItemRow.load(id: id.rawValue, tenant: row.ordinal, in: db)
                .map { try self.reader(of: tenant.name, in: db).item($0) }
        }
    }

    /// A page of a tenant's items in the order of their ids, at most `maximumPage`.
    ///
    /// - Parameters:
    ///   - after: the last item of the page before; items written meanwhile come at the end.
    ///   - words: folded text; only items that have all of its words, as lexical search sees words. A text without any
    ///     fits nothing.
    public func items(
        tenant: Tenant, after: ItemID? = nil, limit: Int, category: String? = nil, tag: String? = nil,
        words: String? = nil
    ) async throws(ColdError) -> [KnowledgeItem] {
        try await read { db in
            guard let words else {
                return try Self.page(
                    tenant: tenant, after: after, limit: limit, category: category, tags: tag.map { [$0] } ?? [],
                    texts: self.texts, in: db)
            }
            return try Self.page(
                tenant: tenant, after: after, limit: limit, category: category, tags: tag.map { [$0] } ?? [],
                terms: LexicalTokenizer.questionTerms(words), texts: self.texts, in: db)
        }
    }

    /// A page of those items that have all terms. Full-text search gives them by id, so no list is made of all.
    private static func page(
        tenant: Tenant, after: ItemID?, limit: Int, category: String?, tags: [String], terms: [String],
        texts: StoreTexts, in db: Database
    ) throws -> [KnowledgeItem] {
        let reader = TextReader(texts: texts, tenant: tenant.name, db: db)
        guard !terms.isEmpty, let tenant = try TenantRow.load(tenant.name, in: db) else { return [] }
        let filter = ItemFilter(tenant: tenant.ordinal, category: category, tags: tags)
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(ItemRow.columns) FROM item_lexical CROSS JOIN item ON item.id = item_lexical.rowid
                WHERE item_lexical MATCH ? AND item_lexical.rowid > ? AND \(filter.sql)
                ORDER BY item_lexical.rowid LIMIT ?
                """)
        let match = LexicalIndex.match(all: terms, tenant: tenant, words: texts.keys.words)
        let arguments =
            [match.databaseValue, (after?.rawValue ?? 0).databaseValue] + filter.arguments
            + [min(max(limit, 0), maximumPage).databaseValue]
        return try Row.fetchAll(statement, arguments: StatementArguments(arguments))
            .map { try reader.item(ItemRow($0)) }
    }

    func reader(of tenant: String, in db: Database) -> TextReader { TextReader(texts: texts, tenant: tenant, db: db) }

    static func page(
        tenant: Tenant, after: ItemID?, limit: Int, maximumBytes: Int = .max, category: String?, tags: [String],
        texts: StoreTexts, in db: Database
    ) throws -> [KnowledgeItem] {
        let reader = TextReader(texts: texts, tenant: tenant.name, db: db)
        guard let tenant = try TenantRow.load(tenant.name, in: db) else { return [] }
        let filter = ItemFilter(tenant: tenant.ordinal, category: category, tags: tags)
        // Without a filter, the planner would rather sort all of the tenant's items than walk them in order.
        let index = category == nil && tags.isEmpty ? "INDEXED BY item_tenant" : ""
        let statement = try db.cachedStatement(
            sql: "SELECT \(ItemRow.columns) FROM item \(index) WHERE \(filter.sql) AND id > ? ORDER BY id LIMIT ?")
        let bounds = [(after?.rawValue ?? 0).databaseValue, min(max(limit, 0), maximumPage).databaseValue]
        let rows = try Row.fetchCursor(statement, arguments: StatementArguments(filter.arguments + bounds))
        var items: [KnowledgeItem] = []
        var bytes = 0
        while bytes < maximumBytes, let row = try rows.next() {
            let item = try reader.item(ItemRow(row))
            bytes += item.content.issue.utf8.count + item.content.resolution.utf8.count
            items.append(item)
        }
        return items
    }

    /// The replaced versions of an item that are still kept, newest first; without those whose text is refused.
    public func history(of id: ItemID, tenant: Tenant) async throws(ColdError) -> [ItemVersion] {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT h.version, h.updated, h.issue, h.resolution, h.category, h.tags FROM item_history h
                    JOIN tenant t ON t.ordinal = h.tenant WHERE h.item = ? AND t.name = ? ORDER BY h.version DESC
                    """)
            let reader = self.reader(of: tenant.name, in: db)
            return try Row.fetchAll(statement, arguments: [id.rawValue, tenant.name]).compactMap { row in
                let stored = StoredContent(category: row[4], tags: row[5], issue: row[2], resolution: row[3])
                guard let content = try reader.readable(stored, of: id.rawValue, version: row[0]) else { return nil }
                return ItemVersion(
                    version: row[0], content: content, updatedAt: Timestamp(milliseconds: row[1]))
            }
        }
    }

    /// Begins an export of all items of a tenant, as they are now.
    ///
    /// Writes go on meanwhile; a receiver that takes its time makes their log grow, so there are only so many exports
    /// at once (`ColdError.overloaded`).
    public func beginExport(tenant: Tenant) async throws(ColdError) -> ItemExport {
        guard !counters.isClosed else { throw .closed }
        guard Counters.enter(counters.exports, limit: Self.maximumExports) else { throw .overloaded }
        let result: Result<ItemExport, ColdError> = await withCheckedContinuation { continuation in
            maintenance.async { [self] in
                let result = Result {
                    ItemExport(tenant: tenant, snapshot: try pool.makeSnapshot(), texts: texts, directory: directory) {
                        [counters] in
                        counters.exports.subtract(1, ordering: .relaxed)
                    }
                }
                continuation.resume(returning: result.mapError { ColdError($0, directory: directory) })
            }
        }
        if case .failure = result { counters.exports.subtract(1, ordering: .relaxed) }
        return try result.get()
    }

    /// Items of any tenant that are found by words alone, by id: what is to be embedded in the background.
    ///
    /// Those written without a vector, those whose vector is another encoder's, those whose vector is damaged. Empty when
    /// there is no encoder. An item may have changed since: `ItemWrite.setVector` compares the version.
    public func itemsWithoutVector(limit: Int) async throws(ColdError) -> [ItemWithoutVector] {
        guard encoder != nil else { return [] }
        let (indices, missing) = published.withLock { state in
            (
                state.tenants.compactMapValues(\.index),
                state.tenants.values.contains { $0.items > $0.index?.count ?? 0 }
            )
        }
        guard missing else { return [] }
        return try await read { db in
            let names = Dictionary(uniqueKeysWithValues: try TenantRow.loadAll(in: db).map { ($0.ordinal, $0.name) })
            var found: [(id: Int64, tenant: Int64)] = []
            let rows = try Row.fetchCursor(db, sql: "SELECT id, tenant FROM item ORDER BY id")
            while found.count < min(limit, Self.maximumPage), let row = try rows.next() {
                let isIndexed = names[row[1]].flatMap { indices[$0] }?.contains(ItemID(row[0])) ?? false
                if !isIndexed { found.append((row[0], row[1])) }
            }
            return try ItemWithoutVector.load(found, texts: self.texts, in: db)
        }
    }

    public func statistics() -> ColdStatistics {
        var statistics = ColdStatistics()
        published.withLock { state in
            for view in state.tenants.values {
                statistics.items += view.items
                statistics.itemsWithoutVector += view.items - (view.index?.count ?? 0)
                statistics.indexBytes += view.index?.byteCount ?? 0
                statistics.signBytes += view.index?.signByteCount ?? 0
                statistics.deadVectors += view.index?.blocks.reduce(0) { $0 + $1.deadCount } ?? 0
            }
            statistics.damagedVectors = state.damagedVectors
        }
        statistics.originals = originalsCache.statistics
        statistics.indexBytes += statistics.originals.cachedBytes
        statistics.fileBytes = StoreFile.byteCount(directory: directory)
        statistics.segments = segments.count
        statistics.deadItems = counters.deadItems.load(ordering: .relaxed)
        statistics.freeBytes = counters.freeBytes.load(ordering: .relaxed)
        statistics.refusedTexts = texts.refusals.value
        statistics.searches = counters.searches.load(ordering: .relaxed)
        statistics.sharedSearches = configuration.scanSharing.answeredSearches.value
        statistics.writes = counters.writes.load(ordering: .relaxed)
        statistics.helpfulVotes = counters.helpfulVotes.value
        statistics.unhelpfulVotes = counters.unhelpfulVotes.value
        statistics.settledItems = counters.settledItems.value
        statistics.transactions = Int(clamping: counters.transactions.snapshot().count)
        return statistics
    }

    /// Durations of committed transactions.
    public var transactionLatency: LatencySnapshot { counters.transactions.snapshot() }

    /// Durations of one part of searches that found their end.
    public func latency(of step: ColdSearchStep.Name) -> LatencySnapshot { counters.latency(of: step).snapshot() }

    /// Reads a row. When the last transaction failed, tries a small one, so that the answer heals with the disk.
    public func check() async -> ColdHealth {
        let start = ContinuousClock.now
        var health = ColdHealth(isReadable: true, isWritable: true, problem: nil, milliseconds: 0)
        do throws(ColdError) {
            try await read { db in
                _ = try Row.fetchOne(db, sql: "SELECT * FROM item ORDER BY id DESC LIMIT 1")
            }
        } catch {
            health.isReadable = false
            health.isWritable = false
            health.problem = error
        }
        if health.isReadable, counters.writeFailure.withLock({ $0 }) != nil { await tryWrite(&health) }
        health.milliseconds = (.now - start).microseconds / 1000
        return health
    }

    private func tryWrite(_ health: inout ColdHealth) async {
        let result: Result<Void, ColdError> = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { [directory] db in
                let result = Result {
                    // Wider than what is free in any page, so that a full disk shows.
                    try db.inTransaction(.immediate) {
                        try db.execute(
                            sql: "INSERT OR REPLACE INTO meta(key, value) VALUES ('write_probe', zeroblob(16384))")
                        return .commit
                    }
                    try db.execute(sql: "DELETE FROM meta WHERE key = 'write_probe'")
                }
                continuation.resume(returning: result.mapError { ColdError($0, directory: directory) })
            }
        }
        switch result {
        case .success: counters.writeFailure.withLock { $0 = nil }
        case .failure(let problem):
            health.isWritable = false
            health.problem = problem
        }
    }
}
