public import Knowledge

/// Up to `maximumRowCount` vectors of one tenant, kept flat for scanning: an immutable value.
///
/// For each row: codes in int8, their scale, a bound of the quantisation error, the f32 original, the item's id and
/// the number of the change that wrote the vector. Copies share the rows; each has its own row count and its own
/// bitmap of dead rows (tombstones), so that a snapshot never changes while the writer goes on.
/// An item has at most one live row in an index.
public struct FlatBlock: Sendable {
    /// Rows whose codes (1.5 MB at 384 dimensions) fit a second-level cache, and that are rewritten in milliseconds.
    public static let maximumRowCount = 4096
    /// Four times what common sentence encoders yield; keeps every size computed here far from overflow.
    public static let maximumDimension = 4096
    /// A block is rewritten when more than one in this many of its rows is dead.
    static let deadShareDivisor = 4
    /// A small tenant's first allocation: 31 KB at 384 dimensions.
    static let initialCapacity = 16

    /// Which block of its `TenantIndex` this is. A sealed block keeps it until compaction makes a new block of its
    /// live rows; it is never given to another one.
    public internal(set) var serial = 0
    /// True when no row will be added. Rows may still die.
    public private(set) var isSealed = false
    /// Rows, dead ones included.
    public private(set) var rowCount = 0
    public private(set) var deadCount = 0
    let storage: BlockStorage
    /// Codes for the first pass over a large index; none in a growing tail, or while the index is small.
    private(set) var signs: SignCodes?

    /// Bit r of word r / 64 is set when row r is dead; empty while all rows live.
    private var deadWords: [UInt64] = []
    /// Row numbers by ascending id; only in sealed blocks whose ids do not ascend by themselves.
    private var rowsByID: [UInt16] = []
    private var idsAscend = true
    private var smallestID = Int64.max
    private var largestID = Int64.min

    public var dimension: Int { storage.dimension }
    public var liveCount: Int { rowCount - deadCount }
    /// Bytes of memory held by the rows, unused capacity included.
    public var byteCount: Int { storage.byteCount + (signs?.byteCount ?? 0) }
    var signByteCount: Int { signs?.byteCount ?? 0 }
    /// Bytes of originals, which are in memory as long as the block has no segment.
    var pinnedByteCount: Int { storage.originalByteCount }

    /// The live rows in order: which item, and which change wrote the vector.
    public var liveRows: [(id: ItemID, changeNumber: ChangeNumber)] {
        liveRowNumbers.map { (ItemID(storage.ids[$0]), ChangeNumber(storage.changeNumbers[$0])) }
    }

    /// A sealed block of given rows, at most `maximumRowCount` (the rest is left out), to make up for a lost segment.
    public init(
        rows: [(id: ItemID, changeNumber: ChangeNumber, vector: [Float])], dimension: Int
    ) throws(IndexError) {
        guard (1...Self.maximumDimension).contains(dimension) else { throw .unsupportedDimension(dimension) }
        let rows = rows.prefix(Self.maximumRowCount)
        for row in rows { try UnitVector.check(row.vector, dimension: dimension, kernels: .best) }
        self.init(dimension: dimension, capacity: rows.count)
        for row in rows { append(id: row.id, vector: row.vector, at: row.changeNumber) }
        seal()
    }

    /// A block to be appended to.
    init(dimension: Int, capacity: Int, serial: Int = 0) {
        storage = BlockStorage(dimension: dimension, capacity: capacity)
        self.serial = serial
    }

    /// A sealed block over rows that are written already.
    init(sealing storage: BlockStorage, rowCount: Int, serial: Int = 0) {
        self.storage = storage
        self.serial = serial
        for row in 0..<rowCount { note(id: storage.ids[row]) }
        seal()
    }

    // MARK: Reading

    func isDead(_ row: Int) -> Bool {
        !deadWords.isEmpty && deadWords[row >> 6] & (1 << UInt64(row & 63)) != 0
    }

    var liveRowNumbers: some Sequence<Int> {
        (0..<rowCount).lazy.filter { !isDead($0) }
    }

    /// The live row of an item: by bisection where ids are in order, else (only in a growing tail) one by one.
    func row(of id: Int64) -> Int? {
        guard id >= smallestID, id <= largestID else { return nil }
        if idsAscend {
            let row = firstPosition { storage.ids[$0] >= id }
            return row < rowCount && storage.ids[row] == id && !isDead(row) ? row : nil
        }
        if isSealed {
            var position = firstPosition { storage.ids[Int(rowsByID[$0])] >= id }
            while position < rowCount, storage.ids[Int(rowsByID[position])] == id {
                if !isDead(Int(rowsByID[position])) { return Int(rowsByID[position]) }
                position += 1
            }
            return nil
        }
        return (0..<rowCount).first { storage.ids[$0] == id && !isDead($0) }
    }

    /// The live rows of ids that ascend.
    func rows(of ids: [Int64], do body: (Int) -> Void) {
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < smallestID { low = middle + 1 } else { high = middle }
        }
        while low < ids.count, ids[low] <= largestID {
            if let row = row(of: ids[low]) { body(row) }
            low += 1
        }
    }

    func vector(row: Int) -> [Float]? {
        storage.withOriginal(row: row) { Array(UnsafeBufferPointer(start: $0, count: dimension)) }
    }

    private func firstPosition(where isBehind: (Int) -> Bool) -> Int {
        var low = 0
        var high = rowCount
        while low < high {
            let middle = (low + high) / 2
            if isBehind(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    // MARK: Changing a copy, before it is published

    var isFull: Bool { rowCount == storage.capacity }
    var isMostlyWaste: Bool { deadCount * Self.deadShareDivisor > rowCount }

    /// Writes the next row. The block must be unsealed, not full, and the only one that appends to its storage;
    /// the vector must have passed `UnitVector.check`.
    mutating func append(id: ItemID, vector: [Float], at changeNumber: ChangeNumber) {
        let row = rowCount
        vector.withUnsafeBufferPointer { vector in
            if let vector = vector.baseAddress { storage.setOriginal(row: row, from: vector) }
        }
        _ = storage.quantize(row: row)
        storage.ids[row] = id.rawValue
        storage.changeNumbers[row] = changeNumber.rawValue
        note(id: id.rawValue)
    }

    /// Copies a row of another block behind the last one, under the same conditions; not when its original is lost.
    mutating func append(row: Int, of other: FlatBlock) {
        if storage.copyRow(rowCount, from: other.storage, row: row) { note(id: other.storage.ids[row]) }
    }

    mutating func kill(row: Int) {
        guard !isDead(row) else { return }
        if deadWords.isEmpty { deadWords = Array(repeating: 0, count: (storage.capacity + 63) / 64) }
        deadWords[row >> 6] |= 1 << UInt64(row & 63)
        deadCount += 1
    }

    /// Derives the codes of the first pass, if the block is sealed and has none.
    mutating func encodeSigns(_ clusters: SignClusters) {
        guard isSealed, signs == nil else { return }
        signs = SignCodes(of: storage, rows: Array(0..<rowCount), clusters: clusters)
    }

    /// Takes the codes of the first pass that were stored with its segment.
    mutating func takeSigns(_ stored: SignCodes) { signs = stored }

    /// Takes the place of `other`, of some of whose rows, in order, its segment was made.
    ///
    /// What has died there since is dead here, and the codes of the first pass are taken over.
    mutating func succeed(_ other: FlatBlock, clusters: SignClusters?) {
        var rows: [Int] = []
        var next = 0
        for row in 0..<rowCount {
            while next < other.rowCount,
                storage.ids[row] != other.storage.ids[next]
                    || storage.changeNumbers[row] != other.storage.changeNumbers[next]
            { next += 1 }
            guard next < other.rowCount else { break }
            if other.isDead(next) { kill(row: row) }
            rows.append(next)
            next += 1
        }
        serial = other.serial
        if rows.count == other.rowCount {
            signs = other.signs
        } else if let clusters, other.signs != nil {
            signs = SignCodes(of: other.storage, rows: rows, clusters: clusters)
        }
    }

    mutating func seal() {
        isSealed = true
        guard !idsAscend else { return }
        rowsByID = (0..<rowCount).map { UInt16(truncatingIfNeeded: $0) }
        rowsByID.sort { storage.ids[Int($0)] < storage.ids[Int($1)] }
    }

    /// Reads originals that were not; returns the live rows whose originals are damaged.
    func checkOriginals() -> [(id: ItemID, changeNumber: ChangeNumber)] {
        storage.checkOriginals().filter { !isDead($0) }
            .map { (ItemID(storage.ids[$0]), ChangeNumber(storage.changeNumbers[$0])) }
    }

    private mutating func note(id: Int64) {
        idsAscend = idsAscend && id > largestID
        smallestID = min(smallestID, id)
        largestID = max(largestID, id)
        rowCount += 1
    }
}
