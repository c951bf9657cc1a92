import ColdTier
import Knowledge

/// The cold tier's index over a base, asked for the ten best. All that this measurement knows of the index's
/// interface is here.
struct AskedIndex: Sendable {
    static let k = 10
    /// Whether a second thread can help to answer one question.
    static let splitsAQuestion = false
    private static let batchRows = 4_096

    private let snapshot: IndexSnapshot
    private let dimension: Int

    /// An index whose item `n` is the base's row `n`.
    init(_ base: FloatFile) throws {
        dimension = base.columnCount
        let index = try TenantIndex(
            tenant: .default, encoder: EncoderIdentity(name: "cold", fingerprint: "cold", dimension: dimension))
        for start in stride(from: 0, to: base.rowCount, by: Self.batchRows) {
            let rows = start..<min(start + Self.batchRows, base.rowCount)
            let change = ChangeNumber(Int64(start) + 1)
            try index.apply(
                rows.map { .put(ItemID(Int64($0)), vector: base.row($0), at: change) }, at: change)
        }
        snapshot = index.snapshot
    }

    /// What the first pass of a search reads: a byte a dimension, rounded up to cache lines.
    var firstPassByteCount: Int { snapshot.count * ((dimension + 63) / 64 * 64) }

    /// The rows of the ten best.
    func answer(_ question: [Float], threads: Int) throws -> [Int] {
        try snapshot.search(query: question, k: Self.k).map { Int($0.id.rawValue) }
    }
}
