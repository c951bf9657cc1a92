import GRDB

/// Gives back what scattered deletions leave: pages that are half empty.
///
/// SQLite joins two pages only when one is two thirds empty, and ids only grow, so a page between kept items is never
/// filled again. A step takes the rows of a range of items out and puts them back in order: pages that have become empty
/// are freed, those written are full (6 % empty, measured). The rows are the same afterwards, and so is every answer.
///
/// Runs on the writer's connection. Each step is one transaction of about `stepByteCount`, and remembers how far it has
/// come: a restart goes on, and a crash loses one step.
enum RowCompaction {
    /// Rows of a table that belong to items, by the column with the item's id.
    private struct Table {
        let name: String
        let key: String
    }

    private enum Part {
        case rows(Table)
        /// FTS5 merges its lists into one, which leaves deleted items' words out.
        case words
    }

    private static let parts: [Part] = [
        .rows(Table(name: "item", key: "id")), .rows(Table(name: "item_tag", key: "item")),
        .rows(Table(name: "item_history", key: "item")), .rows(Table(name: "vote", key: "item")),
        .rows(Table(name: "item_lexical_content", key: "id")), .rows(Table(name: "item_lexical_docsize", key: "id")),
        .words,
    ]

    /// A write waits for so much, and what belongs to one item: about 10 ms.
    private static let stepByteCount = 256 << 10
    /// Of the items that were there, one in so many must be dead before the rest are rewritten: for each dead item three
    /// are.
    private static let deadShareDivisor = 4
    /// Fewer are some dozen pages.
    private static let leastDeadItems = 256

    /// Makes one step. False when there is nothing to do, or nothing more.
    ///
    /// - Parameters:
    ///   - items: how many there are.
    ///   - isForced: begins however few are dead.
    static func step(items: Int, isForced: Bool, _ db: Database) throws -> Bool {
        var progress: CompactionProgress
        if let found = try CompactionProgress.load(db), found.part < parts.count {
            progress = found
        } else {
            let dead = try DeadItems.count(db)
            let isDue = dead >= leastDeadItems && dead * deadShareDivisor >= items + dead
            guard isDue || isForced else { return false }
            let lastItem = try Int64.fetchOne(db, sql: "SELECT max(id) FROM item") ?? 0
            progress = CompactionProgress(lastItem: lastItem, deadItems: dead)
        }
        switch parts[progress.part] {
        case .rows(let table): try rewrite(table, &progress, db)
        case .words: try mergeWords(&progress, db)
        }
        guard progress.part < parts.count else { return false }
        return true
    }

    /// The share of the item rows written that are dead, 0…1.
    static func deadShare(dead: Int, items: Int) -> Double {
        dead > 0 ? Double(dead) / Double(items + dead) : 0
    }

    // MARK: Rows

    private static func rewrite(_ table: Table, _ progress: inout CompactionProgress, _ db: Database) throws {
        let range = progress.key...max(progress.key, progress.lastItem)
        // What follows an item must not go with it here. Without effect inside a transaction.
        try db.execute(sql: "PRAGMA foreign_keys = OFF")
        defer { try? db.execute(sql: "PRAGMA foreign_keys = ON") }
        var next = progress
        try db.inTransaction(.immediate) {
            let last = try range.lowerBound <= next.lastItem ? rewriteRows(of: table, in: range, db) : nil
            if let last, last < range.upperBound {
                next.key = last + 1
            } else {
                next.part += 1
                next.key = .min
            }
            try next.save(db)
            return .commit
        }
        progress = next
    }

    /// Returns the last key rewritten; `nil` when there was none.
    private static func rewriteRows(of table: Table, in range: ClosedRange<Int64>, _ db: Database) throws -> Int64? {
        let (name, key) = (table.name, table.key)
        var rows: [[DatabaseValue]] = []
        var last: Int64?
        var byteCount = 0
        let found = try Row.fetchCursor(
            db, sql: "SELECT \(key), * FROM \(name) WHERE \(key) BETWEEN ? AND ? ORDER BY \(key)",
            arguments: [range.lowerBound, range.upperBound])
        while let row = try found.next() {
            let item: Int64 = row[0]
            if byteCount >= stepByteCount, item != last { break }
            let values = Array(row.databaseValues.dropFirst())
            byteCount += values.reduce(0) { $0 + $1.storedByteCount }
            rows.append(values)
            last = item
        }
        guard let last, let width = rows.first?.count else { return nil }
        try db.execute(sql: "DELETE FROM \(name) WHERE \(key) BETWEEN ? AND ?", arguments: [range.lowerBound, last])
        let places = repeatElement("?", count: width).joined(separator: ", ")
        let insert = try db.makeStatement(sql: "INSERT INTO \(name) VALUES (\(places))")
        for row in rows { try insert.execute(arguments: StatementArguments(row)) }
        return last
    }

    // MARK: Words

    /// Pages of word lists merged in one transaction.
    static let mergeStepPages = 256

    private static func mergeWords(_ progress: inout CompactionProgress, _ db: Database) throws {
        let isFirst = progress.key == .min
        var next = progress
        try db.inTransaction(.immediate) {
            // A negative number begins a merge of all lists; see "The merge command" of FTS5's documentation.
            let hasMore = try merge(pages: isFirst ? -mergeStepPages : mergeStepPages, db)
            if hasMore || isFirst {
                next.key = 0
                try next.save(db)
            } else {
                next.part += 1
                try DeadItems.add(-next.deadItems, db)
                try CompactionProgress.delete(db)
            }
            return .commit
        }
        progress = next
    }

    /// Merges word lists that writes have left beside each other; words of deleted items go with it. True when there may be
    /// more to do.
    static func merge(pages: Int, _ db: Database) throws -> Bool {
        let before = db.totalChangesCount
        try db.execute(sql: "INSERT INTO item_lexical(item_lexical, rank) VALUES ('merge', ?)", arguments: [pages])
        // One row is counted for the command itself.
        return db.totalChangesCount - before > 1
    }

    // MARK: Indices

    /// Indices whose order is not that of items: rewriting rows leaves their pages as they are.
    static func unorderedIndices(_ db: Database) throws -> [String] {
        try String.fetchAll(db, sql: "SELECT name FROM pragma_index_list('item') WHERE origin = 'u'")
    }
}

extension DatabaseValue {
    /// Roughly what it takes in a row.
    fileprivate var storedByteCount: Int {
        switch storage {
        case .string(let text): text.utf8.count
        case .blob(let data): data.count
        default: MemoryLayout<Int64>.size
        }
    }
}
