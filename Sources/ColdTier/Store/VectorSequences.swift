import GRDB

/// Which change wrote the vector of which of a tenant's items, and which of these vectors were found so far.
struct VectorSequences {
    /// Ascending; each belongs to one item.
    private var sequences: [Int64] = []
    private var items: [Int64] = []
    private var isFound: [Bool] = []
    /// Segments hold rows in the order of their changes, mostly: the next is looked for behind the last.
    private var next = 0

    static func load(tenant: Int64, in db: Database) throws -> VectorSequences {
        var loaded = VectorSequences()
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT vector_seq, id FROM item INDEXED BY item_vector
                WHERE tenant = ? AND vector_seq > 0 ORDER BY vector_seq
                """, arguments: [tenant])
        while let row = try rows.next() {
            loaded.sequences.append(row[0])
            loaded.items.append(row[1])
        }
        loaded.isFound = Array(repeating: false, count: loaded.items.count)
        return loaded
    }

    var isEmpty: Bool { items.isEmpty }

    /// True the first time for the vector that an item has now.
    mutating func find(_ item: Int64, _ sequence: Int64) -> Bool {
        guard let position = position(of: sequence), items[position] == item, !isFound[position] else { return false }
        isFound[position] = true
        next = position + 1
        return true
    }

    /// Whether any row is an item's current vector.
    func holdsAny(_ rows: some Sequence<(Int64, Int64)>) -> Bool {
        rows.contains { item, sequence in position(of: sequence).map { items[$0] == item } ?? false }
    }

    /// Item → change, of those not found.
    var missing: [Int64: Int64] {
        var missing: [Int64: Int64] = [:]
        for position in items.indices where !isFound[position] { missing[items[position]] = sequences[position] }
        return missing
    }

    private func position(of sequence: Int64) -> Int? {
        if next < sequences.count, sequences[next] == sequence { return next }
        var low = 0
        var high = sequences.count
        while low < high {
            let middle = (low + high) / 2
            if sequences[middle] < sequence { low = middle + 1 } else { high = middle }
        }
        return low < sequences.count && sequences[low] == sequence ? low : nil
    }
}
