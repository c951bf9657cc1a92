import CScan
import Synchronization

/// The first pass over an index too large for an exact scan: the rows whose sign codes promise the greatest dot products,
/// for one question or for several at once, which share the reading of the codes.
///
/// Algorithm. A row's code holds the signs of v − c, v being its vector and c the centroid of its cluster. With b the
/// vector of these signs (±1), q·v is estimated as q·c + q·b · ‖v − c‖² / ‖v − c‖₁ (RaBitQ: Gao and Long, 2024; without
/// its random rotation, which gains next to nothing on sentence vectors). All clusters are scanned. q·b is looked up:
/// the question's sums over every four or six dimensions stand in tables, and one shuffle looks up many vectors (Quick ADC:
/// André, Kermarrec and Le Scouarnec, 2017; `CScan.h` draws them). The best go on to the passes that `FlatSearch` describes.
/// At 384 dimensions a row costs 53 bytes of memory, read once and in order.
///
/// Invariant. Which rows are found for a question is a function of the blocks, the question and its selection alone,
/// whatever else is asked in the same scan: estimates are equal bit by bit in every kernel, and ties go to the earlier
/// position. A floor passed between threads only leaves out rows that could not be among the best anyway.
///
/// Any number of threads may take part. Each claims a block at a time and hands over what it found there; the caller
/// scans a block once more that a helper has claimed and not handed over, so no search waits for a helper that was put
/// off its core, and what that brings later is dropped.
final class SignScan: Sendable {
    /// Candidates at least, which one of each `rowsPerCandidate` rows are added to. Of sentence vectors half as many found .9996
    /// of the ten best of 100,000, these found all; each costs a tenth of a microsecond.
    static let leastCandidateCount = 400
    static let rowsPerCandidate = 2500
    /// For long lists, candidates for each place.
    static let candidatesPerResult = 20
    /// Rows between two looks at the floor.
    private static let rowsPerStep = 512

    /// Questions of one scan at most: their tables and candidates, some 40 KB each, leave some of a second-level cache to the
    /// codes.
    static let maximumQuestionCount = 16

    /// What one search asks of the codes.
    final class Question: Sendable {
        fileprivate let query: SignQuery
        fileprivate let selection: ItemSelection?
        /// Candidates wanted.
        fileprivate let limit: Int
        /// The greatest of the threads' floors, as `SignCandidates` orders estimates. Signed, for `Atomic<UInt32>.max` of Swift
        /// 6.3 compares as if it were.
        fileprivate let floor = Atomic<Int32>(SignCandidates.ordered(-.infinity))

        /// - Parameters:
        ///   - k: places in the list that the candidates are for.
        ///   - rowCount: rows that have codes.
        init(_ query: QuantizedQuery, clusters: SignClusters, k: Int, rowCount: Int, selection: ItemSelection?) {
            self.query = SignQuery(query, clusters: clusters)
            self.selection = selection
            limit = max(leastCandidateCount + rowCount / rowsPerCandidate, candidatesPerResult * k)
        }
    }

    private let blocks: [FlatBlock]
    private let kernels: scan_kernels
    private let questions: [Question]
    private let nextBlock = Atomic<Int>(0)
    private let found: Mutex<Found>

    /// What was handed over.
    private struct Found {
        /// By question.
        var candidates: [SignCandidates]
        /// By block.
        var isDone: [Bool]
    }

    init(_ blocks: [FlatBlock], _ questions: [Question], _ kernels: scan_kernels) {
        self.blocks = blocks
        self.kernels = kernels
        self.questions = questions
        rowCount = blocks.reduce(0) { $0 + ($1.signs == nil ? 0 : $1.rowCount) }
        found = Mutex(
            Found(
                candidates: questions.map { SignCandidates(limit: $0.limit, reserve: 0, counts: false) },
                isDone: Array(repeating: false, count: blocks.count)))
    }

    /// Rows to scan, for deciding how many threads it is worth.
    let rowCount: Int

    /// Positions of the best rows for each question, in no order, after `finish`: block's index, then 12 bits of row.
    var positions: [[UInt32]] {
        found.withLock { found in
            found.candidates.indices.map { question in
                found.candidates[question].thin()
                return found.candidates[question].positions
            }
        }
    }

    /// Scans blocks until none is left to claim. Any thread.
    func participate() {
        scan {
            let index = nextBlock.add(1, ordering: .relaxed).oldValue
            return index < blocks.count ? index : nil
        }
    }

    /// Scans what others have claimed and not handed over. The caller, when there is nothing left to claim.
    func finish() {
        var missing = found.withLock { found in found.isDone.indices.filter { !found.isDone[$0] } }
        scan { missing.popLast() }
    }

    private func scan(next: () -> Int?) {
        guard var index = next() else { return }
        var candidates = questions.map { SignCandidates(limit: $0.limit, reserve: Self.rowsPerStep, counts: true) }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.rowsPerStep) { rows in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.rowsPerStep) { estimates in
                guard let rows = rows.baseAddress, let estimates = estimates.baseAddress else { return }
                while true {
                    scan(index, rows, estimates, into: &candidates)
                    handOver(&candidates, of: index)
                    guard let following = next() else { return }
                    index = following
                }
            }
        }
    }

    private func handOver(_ candidates: inout [SignCandidates], of index: Int) {
        found.withLock { found in
            guard !found.isDone[index] else { return }
            found.isDone[index] = true
            for (number, question) in questions.enumerated() {
                let floor = SignCandidates.estimate(ordered: question.floor.load(ordering: .relaxed))
                found.candidates[number].add(candidates[number], above: floor)
            }
        }
        for number in candidates.indices { candidates[number].removeAll() }
    }

    private func scan(
        _ index: Int, _ rows: UnsafeMutablePointer<UInt32>, _ estimates: UnsafeMutablePointer<Float>,
        into candidates: inout [SignCandidates]
    ) {
        let block = blocks[index]
        guard let signs = block.signs, block.liveCount > 0 else { return }
        let ids = block.storage.ids
        let hasDeadRows = block.deadCount > 0
        for start in stride(from: 0, to: block.rowCount, by: Self.rowsPerStep) {
            let first = UInt32(truncatingIfNeeded: index << SignCandidates.rowBits | start)
            // The codes of these rows come from memory for the first question, and from the cache for the others.
            for (number, question) in questions.enumerated() {
                var prepared = question.query.prepared
                let threshold = SignCandidates.estimate(ordered: question.floor.load(ordering: .relaxed))
                let found = kernels.signs(
                    &prepared, signs.codes + start * signs.codeSize, signs.scales + start, signs.clusters + start,
                    min(Self.rowsPerStep, block.rowCount - start), threshold, rows, estimates)
                candidates[number].add(
                    rows: UnsafeBufferPointer(start: rows, count: found), estimates: estimates, from: first
                ) {
                    let row = start + Int($0)
                    if hasDeadRows, block.isDead(row) { return false }
                    return question.selection?.contains(ids[row]) ?? true
                }
                if candidates[number].isFull { candidates[number].thin() }
                question.floor.max(SignCandidates.ordered(candidates[number].floor), ordering: .relaxed)
            }
        }
    }
}
