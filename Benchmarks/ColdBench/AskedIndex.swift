import ColdTier
import Knowledge

/// The cold tier's index over a base, asked for the ten best. All that this measurement knows of the index's
/// interface is here.
struct AskedIndex: Sendable {
    static let k = 10
    private static let alone = ScanCrew(helperCount: 0)
    private static let batchRows = 4_096

    private let snapshot: IndexSnapshot
    private let dimension: Int

    /// An index whose item `n` is the base's row `n`.
    /// - Parameter isExact: whether it is searched exactly, however large.
    init(_ base: FloatFile, isExact: Bool = false) throws {
        dimension = base.columnCount
        let index = try TenantIndex(
            tenant: .default, encoder: EncoderIdentity(name: "cold", fingerprint: "cold", dimension: dimension),
            exactLimit: isExact ? .max : TenantIndex.defaultExactLimit)
        for start in stride(from: 0, to: base.rowCount, by: Self.batchRows) {
            let rows = start..<min(start + Self.batchRows, base.rowCount)
            let change = ChangeNumber(Int64(start) + 1)
            try index.apply(
                rows.map { .put(ItemID(Int64($0)), vector: base.row($0), at: change) }, at: change)
        }
        snapshot = index.snapshot
    }

    /// Whether a second thread helps to answer one question.
    var splitsAQuestion: Bool { snapshot.count >= ScanCrew.defaultLeastRowCount }

    /// What the first pass of a search reads.
    var firstPassByteCount: Int { snapshot.firstPassByteCount }

    /// The rows of the ten best.
    func answer(_ question: [Float], threads: Int, allowed: ItemSelection? = nil) throws -> [Int] {
        try snapshot.measuredSearch(query: question, k: Self.k, allowed: allowed, crew: crew(threads)).matches
            .map { Int($0.id.rawValue) }
    }

    /// The same as the server asks: with whatever helps, and taking turns with others.
    func sharedAnswer(_ question: [Float]) throws -> [Int] {
        try snapshot.search(query: question, k: Self.k).map { Int($0.id.rawValue) }
    }

    /// The ten best for each of several questions asked at once.
    func answers(_ questions: [[Float]], threads: Int) throws -> [[Int]] {
        try snapshot.search(questions.map { VectorQuestion($0, k: Self.k) }, crew: crew(threads)).map { matches in
            matches.map { Int($0.id.rawValue) }
        }
    }

    private func crew(_ threads: Int) -> ScanCrew { threads == 1 ? Self.alone : .shared }
}
