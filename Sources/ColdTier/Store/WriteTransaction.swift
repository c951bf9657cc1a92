import GRDB
import Knowledge

/// One transaction's worth of changes: rows now, and what memory is to learn once they are committed.
///
/// Lives on the writer's queue, between BEGIN and COMMIT. Every change takes the next number of the log, and its row in
/// the log is written beside what it did: item, tags, words, vector. Nothing in memory is touched, so a rollback
/// needs no undoing.
struct WriteTransaction {
    let db: Database
    let encoder: EncoderIdentity?
    let now: Timestamp
    /// One of many: the states that it leaves are not remembered, and words are weighed anew only when the items have
    /// doubled. The first transaction that is none of these makes up for it.
    private let isBulk: Bool
    /// The indices as the transaction before has left them.
    private let indices: [String: IndexSnapshot]
    private let firstSequence: Int64
    /// Whether the vectors that are written at the moment are the store's encoder's.
    private var takesVectors = true
    private(set) var sequence: Int64
    private(set) var tenants: [String: TenantRow] = [:]
    private var newVectors: NewVectors
    /// By tenant, once it is finished.
    private(set) var writtenVectors: [String: NewVectors.Written] = [:]
    /// What each change left of its item, in order.
    private(set) var states: [(tenant: String, state: ItemState)] = []
    private var deletedItems = 0
    /// Tenants whose lexical statistics this transaction has frozen anew.
    private(set) var epochTurns: [String] = []

    private let texts: StoreTexts
    /// The number of the next new item, once it is known.
    private var nextItem: Int64?

    private struct NewContent {
        let content: ItemContent
        let terms: [String]
        let compact: CompactContent
    }

    init(
        _ db: Database, encoder: EncoderIdentity?, indices: [String: IndexSnapshot], texts: StoreTexts,
        blockRowCount: Int, isBulk: Bool, now: Timestamp
    ) throws {
        self.texts = texts
        newVectors = NewVectors(blockRowCount: blockRowCount)
        self.isBulk = isBulk
        self.db = db
        self.indices = indices
        self.encoder = encoder
        self.now = now
        sequence = try Self.lastSequence(db)
        firstSequence = sequence
    }

    static func lastSequence(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(seq) FROM change")) ?? 0
    }

    /// - Parameter vectorEncoder: fingerprint of the encoder that the vectors are of. The store may have flipped to another
    ///   since they were made: then they are left out.
    mutating func apply(_ prepared: PreparedWrites, encoder vectorEncoder: String?) throws -> [ItemOutcome] {
        takesVectors = vectorEncoder == encoder?.fingerprint
        var outcomes: [ItemOutcome] = []
        outcomes.reserveCapacity(prepared.writes.count)
        for (index, write) in prepared.writes.enumerated() {
            let compact = index < prepared.contents.count ? prepared.contents[index] : nil
            outcomes.append(try apply(write, terms: prepared.terms[index], compact))
        }
        return outcomes
    }

    /// What is stored of a content: worked out before, unless keys or dictionaries have changed since.
    private func new(
        _ content: ItemContent, _ terms: [String], _ compact: CompactContent?, tenant: Tenant
    ) -> NewContent {
        if let compact, compact.generation == texts.generation {
            return NewContent(content: content, terms: terms, compact: compact)
        }
        let made = texts.compact(content, words: terms, tenant: tenant.name, isQuick: isBulk, in: db)
        return NewContent(content: content, terms: terms, compact: made)
    }

    private mutating func apply(
        _ write: ItemWrite, terms: [String], _ compact: CompactContent?
    ) throws -> ItemOutcome {
        switch write {
        case .put(let tenant, let content, let vector, let skipUnchanged):
            try put(new(content, terms, compact, tenant: tenant), vector, tenant: tenant, skipUnchanged: skipUnchanged)
        case .update(let id, let tenant, let content, let vector, let expectedVersion):
            try update(
                id, new(content, terms, compact, tenant: tenant), vector, tenant: tenant,
                expectedVersion: expectedVersion)
        case .delete(let id, let tenant, let expectedVersion):
            try delete(id, tenant: tenant, expectedVersion: expectedVersion)
        case .setVector(let id, let tenant, let version, let vector):
            try setVector(vector, of: id, tenant: tenant, version: version)
        case .prepareVector(let id, let tenant, let version, let vector, let coming):
            try prepare(vector, by: coming, of: id, tenant: tenant, version: version)
        case .vote(let id, let tenant, let caller, let isHelpful):
            try vote(isHelpful: isHelpful, on: id, tenant: tenant, caller: caller)
        case .settle(let id, let tenant, let quality, let votesSince):
            try settle(id, tenant: tenant, quality: quality, votesSince: votesSince)
        }
    }

    /// Weighs words anew where bulk transactions have put it off.
    mutating func turnDueEpochs() throws {
        for var row in try TenantRow.loadAll(in: db) {
            row.turnIfDue()
            tenants[row.name] = row
        }
    }

    /// Vectors, counts, epochs and the length of the log; the last thing before COMMIT.
    mutating func finish() throws {
        writtenVectors = try newVectors.write(encoder: encoder, in: db)
        for (name, row) in tenants {
            try tenants[name]?.save(isBulk: isBulk, words: texts.keys.words, in: db)
            if tenants[name]?.epoch != row.epoch { epochTurns.append(name) }
        }
        if deletedItems > 0 { try DeadItems.add(deletedItems, db) }
        guard sequence / Schema.changeTrimInterval > firstSequence / Schema.changeTrimInterval else { return }
        try db.execute(sql: "DELETE FROM change WHERE seq <= ?", arguments: [sequence - Schema.keptChanges])
    }

    // MARK: Writes of items

    private mutating func put(
        _ new: NewContent, _ vector: [Float]?, tenant: Tenant, skipUnchanged: Bool
    ) throws -> ItemOutcome {
        let vector = takesVectors ? vector : nil
        let ordinal = try ordinal(of: tenant, inserting: true)
        guard let ordinal else { return .notFound }
        guard let old = try ItemRow.load(issueKeys: new.compact.issueKeys, tenant: ordinal, in: db) else {
            return .created(try insert(new, vector, tenant: tenant, ordinal: ordinal))
        }
        // One whose text is refused is replaced, and so whole again.
        if skipUnchanged, let item = try readable(old, of: tenant), item.content == new.content {
            if let vector, !hasVector(old, of: tenant) { try set(vector, of: old, item.content, tenant: tenant) }
            return .unchanged(item)
        }
        return .replaced(try replace(old, with: new, vector, tenant: tenant))
    }

    private mutating func update(
        _ id: ItemID, _ new: NewContent, _ vector: [Float]?, tenant: Tenant, expectedVersion: Int?
    ) throws -> ItemOutcome {
        let vector = takesVectors ? vector : nil
        guard let ordinal = try ordinal(of: tenant, inserting: false),
            let old = try ItemRow.load(id: id.rawValue, tenant: ordinal, in: db)
        else { return .notFound }
        if let expectedVersion, expectedVersion != old.version { return .versionConflict(current: old.version) }
        if let other = try ItemRow.load(issueKeys: new.compact.issueKeys, tenant: ordinal, in: db), other.id != old.id {
            return .issueTaken(by: other.id)
        }
        return .replaced(try replace(old, with: new, vector, tenant: tenant))
    }

    private mutating func delete(_ id: ItemID, tenant: Tenant, expectedVersion: Int?) throws -> ItemOutcome {
        guard let ordinal = try ordinal(of: tenant, inserting: false),
            let old = try ItemRow.load(id: id.rawValue, tenant: ordinal, in: db)
        else { return .notFound }
        if let expectedVersion, expectedVersion != old.version { return .versionConflict(current: old.version) }
        try LexicalIndex.delete(item: id.rawValue, in: db)
        try db.cachedStatement(sql: "DELETE FROM item WHERE id = ?").execute(arguments: [id.rawValue])
        try log(.deleted, id, version: old.version, tenant: ordinal)
        tenants[tenant.name]?.count(items: -1, terms: -old.lexicalLength)
        deletedItems += 1
        newVectors.remove(id, of: tenant)
        states.append((tenant.name, ItemState(id: id.rawValue, content: nil)))
        return .deleted(id)
    }

    private mutating func setVector(
        _ vector: [Float], of id: ItemID, tenant: Tenant, version: Int
    ) throws -> ItemOutcome {
        guard let ordinal = try ordinal(of: tenant, inserting: false),
            let row = try ItemRow.load(id: id.rawValue, tenant: ordinal, in: db)
        else { return .notFound }
        guard row.version == version else { return .versionConflict(current: row.version) }
        guard let item = try readable(row, of: tenant) else { return .notFound }
        guard takesVectors else { return .unchanged(item) }
        try set(vector, of: row, item.content, tenant: tenant)
        return .vectorSet(id)
    }

    // MARK: Rows

    func readable(_ row: ItemRow, of tenant: Tenant) throws -> KnowledgeItem? {
        try TextReader(texts: texts, tenant: tenant.name, db: db).readable(row)
    }

    private func column(
        _ envelope: [UInt8], _ field: TextPlace.Field, of id: ItemID, version: Int, _ tenant: Tenant
    ) throws -> DatabaseValue {
        try texts.column(
            envelope, at: TextPlace(tenant: tenant.name, item: id.rawValue, version: version, field: field))
    }

    /// A new item's number is known before its row is written, for its texts are sealed to it.
    private mutating func takeItemNumber() throws -> Int64 {
        let number: Int64
        if let nextItem {
            number = nextItem
        } else {
            let last = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = 'item'"))
            number = (last ?? 0) + 1
        }
        nextItem = number + 1
        return number
    }

    private mutating func insert(
        _ new: NewContent, _ vector: [Float]?, tenant: Tenant, ordinal: Int64
    ) throws -> KnowledgeItem {
        let (content, terms) = (new.content, new.terms)
        sequence += 1
        let id = ItemID(try takeItemNumber())
        try db.cachedStatement(
            sql: """
                INSERT INTO item(id, tenant, vector_seq, lexical_length, version, created, updated, changed_seq,
                issue_key, category, tags, issue, resolution) VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: StatementArguments([
                id.rawValue.databaseValue, ordinal.databaseValue, (vector == nil ? 0 : sequence).databaseValue,
                terms.count.databaseValue,
                now.milliseconds.databaseValue, now.milliseconds.databaseValue, sequence.databaseValue,
                new.compact.issueKeys.first.databaseValue, StoredText.value(content.category),
                StoredText.joined(content.tags),
                try column(new.compact.issue, .issue, of: id, version: 1, tenant),
                try column(new.compact.resolution, .resolution, of: id, version: 1, tenant),
            ]))
        let item = KnowledgeItem(id: id, version: 1, content: content, createdAt: now, updatedAt: now)
        try writeParts(of: item, new, vector, tenant: tenant, ordinal: ordinal)
        try log(sequence, .created, id, version: 1, tenant: ordinal)
        tenants[tenant.name]?.count(items: 1, terms: terms.count)
        return item
    }

    private mutating func replace(
        _ old: ItemRow, with new: NewContent, _ vector: [Float]?, tenant: Tenant
    ) throws -> KnowledgeItem {
        let (content, terms) = (new.content, new.terms)
        let id = old.id.rawValue
        try ItemHistory.keep(old, in: db)
        sequence += 1
        let item = KnowledgeItem(
            id: old.id, version: old.version + 1, content: content, createdAt: old.createdAt,
            updatedAt: now, quality: old.quality)
        try db.cachedStatement(
            sql: """
                UPDATE item SET vector_seq = ?, lexical_length = ?, version = ?, updated = ?, changed_seq = ?,
                issue_key = ?, category = ?, tags = ?, issue = ?, resolution = ? WHERE id = ?
                """
        ).execute(
            arguments: StatementArguments([
                (vector == nil ? 0 : sequence).databaseValue, terms.count.databaseValue, item.version.databaseValue,
                now.milliseconds.databaseValue, sequence.databaseValue, new.compact.issueKeys.first.databaseValue,
                StoredText.value(content.category), StoredText.joined(content.tags),
                try column(new.compact.issue, .issue, of: old.id, version: item.version, tenant),
                try column(new.compact.resolution, .resolution, of: old.id, version: item.version, tenant),
                id.databaseValue,
            ]))
        try db.cachedStatement(sql: "DELETE FROM item_tag WHERE item = ?").execute(arguments: [id])
        try LexicalIndex.delete(item: id, in: db)
        if vector == nil { try VectorRow.delete(item: id, in: db) }
        try writeParts(of: item, new, vector, tenant: tenant, ordinal: old.tenant)
        try log(sequence, .replaced, item.id, version: item.version, tenant: old.tenant)
        tenants[tenant.name]?.count(items: 0, terms: terms.count - old.lexicalLength)
        return item
    }

    private mutating func writeParts(
        of item: KnowledgeItem, _ new: NewContent, _ vector: [Float]?, tenant: Tenant, ordinal: Int64
    ) throws {
        let id = item.id.rawValue
        let insertTag = try db.cachedStatement(sql: "INSERT INTO item_tag(tenant, tag, item) VALUES (?, ?, ?)")
        for tag in item.content.tags {
            try insertTag.execute(
                arguments: StatementArguments([ordinal.databaseValue, StoredText.value(tag), id.databaseValue]))
        }
        try LexicalIndex.insert(new.compact.words, item: id, tenant: ordinal, in: db)
        note(item.id, item.content, quality: item.quality, terms: new.terms, vector, tenant: tenant)
        guard let vector, encoder != nil else { return newVectors.remove(item.id, of: tenant) }
        newVectors.put(
            .init(tenant: tenant, ordinal: ordinal, sequence: sequence, vector: vector, isFirst: item.version == 1),
            of: item.id)
    }

    private mutating func set(
        _ vector: [Float], of row: ItemRow, _ content: ItemContent, tenant: Tenant
    ) throws {
        guard encoder != nil else { return }
        let id = row.id
        sequence += 1
        try db.cachedStatement(sql: "UPDATE item SET vector_seq = ? WHERE id = ?")
            .execute(arguments: [sequence, id.rawValue])
        newVectors.put(
            .init(tenant: tenant, ordinal: row.tenant, sequence: sequence, vector: vector, isFirst: false), of: id)
        try log(sequence, .vector, id, version: row.version, tenant: row.tenant)
        note(id, content, quality: row.quality, terms: content.lexicalTerms, vector, tenant: tenant)
    }

    mutating func note(
        _ id: ItemID, _ content: ItemContent, quality: Double, terms: [String], _ vector: [Float]?, tenant: Tenant
    ) {
        guard !isBulk else { return }
        let content = ItemState.Content(
            content, quality: quality, terms: terms, vector: encoder == nil ? nil : vector)
        states.append((tenant.name, ItemState(id: id.rawValue, content: content)))
    }

    /// Whether the item has a vector that can be searched.
    private func hasVector(_ row: ItemRow, of tenant: Tenant) -> Bool {
        if newVectors.contains(row.id) { return true }
        // A vector that is another encoder's, or damaged, is in no index.
        return row.vectorSequence > 0 && indices[tenant.name]?.contains(row.id) ?? false
    }

    mutating func log(_ kind: Schema.ChangeKind, _ id: ItemID, version: Int, tenant: Int64) throws {
        sequence += 1
        try log(sequence, kind, id, version: version, tenant: tenant)
    }

    private func log(
        _ sequence: Int64, _ kind: Schema.ChangeKind, _ id: ItemID, version: Int, tenant: Int64
    ) throws {
        try db.cachedStatement(
            sql: "INSERT INTO change(seq, tenant, item, kind, version, at) VALUES (?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [sequence, tenant, id.rawValue, kind.rawValue, version, now.milliseconds])
    }

    mutating func ordinal(of tenant: Tenant, inserting: Bool) throws -> Int64? {
        if let known = tenants[tenant.name] { return known.ordinal }
        let row =
            inserting
            ? try TenantRow.loadOrInsert(tenant.name, in: db) : try TenantRow.load(tenant.name, in: db)
        tenants[tenant.name] = row
        return row?.ordinal
    }

    /// The item's vector as this transaction sees it; `nil` when it is damaged.
    func vector(of id: ItemID, tenant: Tenant) -> [Float]? {
        newVectors.vector(of: id) ?? indices[tenant.name]?.vector(of: id)
    }
}
