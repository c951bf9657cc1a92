import CScan
import Knowledge

/// One search of a snapshot's blocks: exact, but for the choice of candidates in a large index.
///
/// Algorithm. The first pass estimates every dot product from int8 codes, with a bound of its error (see
/// `QuantizedQuery`). The k-th highest lower bound seen so far is a floor under the k-th result, so rows whose upper
/// bound stays below it are dropped at once. The rest, a few dozen of 100,000, are computed in f32 in descending order of
/// their upper bounds, until no row left can reach the k-th result. Where a filter leaves few rows, those are looked up,
/// and the pass goes over them alone.
///
/// In an index beyond the limit of exact search, a pass over sign codes (`SignScan`) comes before, and what is described
/// above happens to the rows that it chose, and to all rows that have no such codes: the growing tail's. Of the bound of a row
/// that it chose only as much counts as errors that have nothing to do with each other ever come to (`likelyErrorShare`).
///
/// Invariant. The result equals that of computing every row considered in f32, rounding to 4 decimals, and ordering by rounded
/// similarity, then id. Rounding makes ties of what the floor would separate, hence `tieMargin`.
struct FlatSearch {
    /// Two dot products further apart than this never round to the same 4 decimals.
    private static let tieMargin: Float = 1.1e-4
    /// The same below the caller's bound: rounding lifts a dot product by half a ten-thousandth at most.
    private static let boundMargin: Float = 0.6e-4
    /// A selection of at most this many items is looked up instead of scanned for…
    private static let directSelectionCount = 1024
    /// …as is one of at most one in this many rows: a look-up costs about as much as 16 rows of codes, and a scan that hardly
    /// any row passes has no floor to leave others out by.
    private static let directSelectionDivisor = 16
    /// Originals that memory is asked for before they are computed.
    private static let prefetchDistance = 4
    /// The bound of a dot product's error holds when all errors of single dimensions conspire; added up by chance they come to
    /// that divided by the root of the dimension, of which six times are not seen once in a hundred million rows.
    private static let likelyErrors: Float = 6
    /// Candidates are thinned out by the current floor whenever their number doubles, from here on.
    private static let initialCandidateLimit = 4096

    private struct Candidate {
        let upperBound: Float
        let block: Int32
        let row: Int32
    }

    private let blocks: [FlatBlock]
    private let columns: [BlockStorage.Columns]
    private let kernels: scan_kernels
    private let query: QuantizedQuery
    private let limit: Int
    private let selection: ItemSelection?
    private let clusters: SignClusters?
    private let rowCount: Int
    private let signRowCount: Int
    private let codeBlocks: [Int]
    private let likelyErrorShare: Float
    private var best: BestMatches
    private var candidates: [Candidate] = []
    private var candidateLimit = Self.initialCandidateLimit
    /// The highest lower bounds so far, ascending, at most `limit`.
    private var lowerBounds: [Float] = []
    /// Rows with a lower upper bound cannot be in the result.
    private var floor: Float
    /// Rows computed in f32.
    private(set) var exactCount = 0

    init(_ snapshot: IndexSnapshot, _ question: VectorQuestion) {
        blocks = snapshot.blocks
        columns = snapshot.columns
        kernels = snapshot.kernels
        query = QuantizedQuery(question.vector)
        limit = min(question.k, snapshot.count)
        selection = question.allowed
        clusters = snapshot.clusters
        rowCount = snapshot.rowCount
        signRowCount = snapshot.signRowCount
        codeBlocks = snapshot.codeBlocks
        likelyErrorShare = min(1, Self.likelyErrors / Float(snapshot.dimension).squareRoot())
        let bound = question.minimumSimilarity
        best = BestMatches(limit: limit, above: bound)
        // Below −1 a bound excludes nothing, for similarities are clamped there.
        floor = bound.map { $0 < -1 ? -.infinity : Float($0) - Self.boundMargin } ?? -.infinity
    }

    /// What it wants to know of the sign codes first; `nil` where it does without them.
    func signQuestion() -> SignScan.Question? {
        guard let clusters, limit > 0, !isDirect else { return nil }
        return SignScan.Question(
            query, clusters: clusters, k: limit, rowCount: signRowCount, selection: selection)
    }

    /// - Parameter positions: what the sign codes answered to `signQuestion`.
    mutating func matches(from positions: [UInt32]) -> [VectorMatch] {
        guard limit > 0 else { return [] }
        if let selection, isDirect {
            consider(lookedUp(selection), errorShare: 1)
        } else {
            consider(positions, errorShare: likelyErrorShare)
            scanCodes()
        }
        computeCandidates()
        return best.matches
    }

    private var isDirect: Bool { selection.map(isFew) ?? false }

    private func isFew(_ selection: ItemSelection) -> Bool {
        selection.count <= max(Self.directSelectionCount, rowCount / Self.directSelectionDivisor)
    }

    // MARK: Chosen rows

    /// Positions of the live rows of the items selected.
    private func lookedUp(_ selection: ItemSelection) -> [UInt32] {
        var positions: [UInt32] = []
        positions.reserveCapacity(selection.count)
        for (index, block) in blocks.enumerated() {
            let first = UInt32(truncatingIfNeeded: index << SignCandidates.rowBits)
            block.rows(of: selection.ids) { positions.append(first | UInt32(truncatingIfNeeded: $0)) }
        }
        return positions
    }

    /// - Parameter errorShare: how much of a row's bound of error counts.
    private mutating func consider(_ positions: [UInt32], errorShare: Float) {
        guard !positions.isEmpty else { return }
        candidates.reserveCapacity(positions.count)
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: positions.count) { dots in
            guard let dots = dots.baseAddress else { return }
            withUnsafeTemporaryAllocation(of: UnsafePointer<Int8>?.self, capacity: positions.count) { rows in
                for (place, position) in positions.enumerated() {
                    let (index, row) = Self.indices(of: position)
                    let columns = columns[index]
                    rows.initializeElement(at: place, to: columns.codes(row: row))
                    scan_prefetch(columns.scales + row, 1)
                    scan_prefetch(columns.residualNorms + row, 1)
                }
                kernels.dot_i8_rows(query.codes, rows.baseAddress, query.codes.count, positions.count, dots)
            }
            for (place, position) in positions.enumerated() {
                let (index, row) = Self.indices(of: position)
                consider(row: row, of: index, dot: dots[place], errorShare: errorShare)
            }
        }
    }

    private static func indices(of position: UInt32) -> (block: Int, row: Int) {
        (Int(position >> SignCandidates.rowBits), Int(position & (1 << SignCandidates.rowBits - 1)))
    }

    // MARK: int8 codes

    private mutating func scanCodes() {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: FlatBlock.maximumRowCount) { dots in
            guard let dots = dots.baseAddress else { return }
            for index in codeBlocks {
                let block = blocks[index]
                let storage = block.storage
                kernels.dot_i8(
                    query.codes, storage.codes, storage.dimension, storage.codeStride, block.rowCount, dots)
                collect(dots, block: block, index: index)
            }
        }
    }

    private mutating func collect(_ dots: UnsafePointer<Int32>, block: FlatBlock, index: Int) {
        let (scale, slope, offset) = (query.scale, query.slope, query.offset)
        let (scales, residualNorms) = (block.storage.scales, block.storage.residualNorms)
        for row in 0..<block.rowCount {
            let estimate = scale * scales[row] * Float(dots[row])
            let error = slope * residualNorms[row] + offset
            let upperBound = estimate + error
            if upperBound < floor { continue }
            if block.isDead(row) { continue }
            if let selection, !selection.contains(block.storage.ids[row]) { continue }
            raiseFloor(lowerBound: estimate - error)
            add(
                Candidate(
                    upperBound: upperBound, block: Int32(truncatingIfNeeded: index), row: Int32(truncatingIfNeeded: row)
                ))
        }
    }

    /// A live row that passes the selection.
    private mutating func consider(row: Int, of index: Int, dot: Int32, errorShare: Float) {
        let columns = columns[index]
        let estimate = query.scale * columns.scales[row] * Float(dot)
        let error = (query.slope * columns.residualNorms[row] + query.offset) * errorShare
        guard estimate + error >= floor else { return }
        raiseFloor(lowerBound: estimate - error)
        add(
            Candidate(
                upperBound: estimate + error, block: Int32(truncatingIfNeeded: index),
                row: Int32(truncatingIfNeeded: row)))
    }

    private mutating func raiseFloor(lowerBound: Float) {
        if lowerBounds.count == limit {
            guard let lowest = lowerBounds.first, lowerBound > lowest else { return }
            lowerBounds.removeFirst()
        }
        var low = 0
        var high = lowerBounds.count
        while low < high {
            let middle = (low + high) / 2
            if lowerBounds[middle] < lowerBound { low = middle + 1 } else { high = middle }
        }
        lowerBounds.insert(lowerBound, at: low)
        guard lowerBounds.count == limit else { return }
        // Clamping to ±1 makes ties too: all dot products beyond 1 are one similarity, and all below −1.
        let newFloor = min(lowerBounds[0], 1) - Self.tieMargin
        if newFloor > -1 { floor = max(floor, newFloor) }
    }

    private mutating func add(_ candidate: Candidate) {
        candidates.append(candidate)
        guard candidates.count > candidateLimit else { return }
        candidates.removeAll { $0.upperBound < floor }
        candidateLimit = max(Self.initialCandidateLimit, 2 * candidates.count)
    }

    // MARK: Exact pass

    private mutating func computeCandidates() {
        candidates.removeAll { $0.upperBound < floor }
        candidates.sort { $0.upperBound > $1.upperBound }
        for candidate in candidates.prefix(Self.prefetchDistance) { prefetch(candidate) }
        for (place, candidate) in candidates.enumerated() {
            guard best.couldAdmit(upperBound: candidate.upperBound) else { return }
            if place + Self.prefetchDistance < candidates.count { prefetch(candidates[place + Self.prefetchDistance]) }
            compute(row: Int(candidate.row), of: blocks[Int(candidate.block)])
        }
    }

    private func prefetch(_ candidate: Candidate) {
        blocks[Int(candidate.block)].storage.prefetchOriginal(row: Int(candidate.row))
    }

    private mutating func compute(row: Int, of block: FlatBlock) {
        let storage = block.storage
        let dot = storage.withOriginal(row: row) { [kernels, query] in
            kernels.dot(query.vector, originals: $0, dimension: storage.dimension, row: 0)
        }
        guard let dot else { return }
        exactCount += 1
        best.offer(dot: dot, id: storage.ids[row])
    }
}
