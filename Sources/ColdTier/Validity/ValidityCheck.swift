import CScan
import Knowledge

/// One check of a footprint against the changes since.
///
/// Algorithm. Only what an item is *now* matters. Any change of a candidate alters the answer. Another item could have
/// altered it only by coming in: it is there, it passes the filters, and it reaches an entry score, by an upper bound of
/// its cosine (int8 codes with the error bound of `QuantizedQuery`) or by its BM25 score under the statistics that the answer
/// was ranked with, each with the share of its own quality. A row that a later change of the same item has replaced is passed over.
///
/// Invariant: never `valid` when a search could find anything else; `altered` may be too careful by the error bound, by a
/// tie, by `min_score` in a list of words, or by two texts of one hash.
struct ValidityCheck {
    private let ring: ChangeRing
    private let footprint: Footprint
    private let tenant: Int32
    private let since: Int64
    private let kernels: scan_kernels
    private let slope: Float
    private let offset: Float
    /// Upper bounds below it are not worth rounding.
    private let vectorFloor: Float
    /// Occurrences of the question's words in the changed items.
    private var postingRows = 0
    /// Item → the last change of it, once needed.
    private var newest: [Int64: Int64] = [:]

    /// What `footprint` is worth at the end of the ring.
    static func validity(
        of footprint: Footprint, tenant: Tenant, since: Int64, in ring: ChangeRing, kernels: scan_kernels
    ) -> Validity {
        guard since <= ring.end, since >= ring.floor else { return .unknown }
        let valid = Validity.valid(through: ChangeNumber(ring.end))
        guard since < ring.end, let entry = ring.entry(of: tenant) else { return valid }
        if footprint.words != nil, entry.epochTurn > since { return .altered }
        var check = ValidityCheck(footprint, tenant: entry.number, since: since, in: ring, kernels: kernels)
        return check.finds() ? .altered : valid
    }

    private init(_ footprint: Footprint, tenant: Int32, since: Int64, in ring: ChangeRing, kernels: scan_kernels) {
        self.ring = ring
        self.footprint = footprint
        self.tenant = tenant
        self.since = since
        self.kernels = kernels
        let vector = footprint.vector
        (slope, offset) = QuantizedQuery.errorBound(
            residualNorm: vector?.residualNorm ?? 0, dimension: vector?.codes.count ?? 0)
        let least = vector.map { max($0.minimumSimilarity, $0.entryScore - ItemQuality.rankingShare) }
        vectorFloor = least.map { $0 <= -1 ? -.infinity : Float($0) - 1e-4 } ?? .infinity
    }

    /// Whether any change could have altered the answer; the latest are looked at first.
    private mutating func finds() -> Bool {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: ChangeBlock.maximumRowCount) { dots in
            dots.initialize(repeating: 0)
            for block in ring.blocks.reversed() {
                guard block.lastSequence > since else { return false }
                let first = Int(max(since + 1 - block.firstSequence, 0))
                if alters(block, from: first, dots) { return true }
            }
            return false
        }
    }

    private mutating func alters(
        _ block: ChangeBlock, from first: Int, _ dots: UnsafeMutableBufferPointer<Int32>
    ) -> Bool {
        guard block.tenants[first...].contains(tenant) else { return false }
        if let vector = footprint.vector, vector.codes.count == block.dimension, let dots = dots.baseAddress {
            block.codes.withUnsafeBufferPointer { codes in
                guard let codes = codes.baseAddress else { return }
                kernels.dot_i8(
                    vector.codes, codes + first * block.dimension, block.dimension, block.dimension,
                    block.count - first, dots)
            }
        }
        for row in first..<block.count where block.tenants[row] == tenant {
            if isCandidate(block.items[row]) || cutsPostings { return true }
            guard block.kinds[row].contains(.isPresent) else { continue }
            let reachesWords = reachesWords(block, row)
            if postingRows > footprint.words?.postingRoom ?? .max { return true }
            guard reachesWords || reachesVector(block, row, dot: dots[row - first]), passesFilters(block, row),
                !isReplaced(block, row)
            else { continue }
            return true
        }
        return false
    }

    /// Where the search did not read the words' lists to their ends, any change may move where it stops.
    private var cutsPostings: Bool { footprint.words.map { $0.postingRoom <= 0 } ?? false }

    private func isCandidate(_ item: Int64) -> Bool {
        var low = 0
        var high = footprint.candidates.count
        while low < high {
            let middle = (low + high) / 2
            let candidate = footprint.candidates[middle].rawValue
            if candidate == item { return true }
            if candidate < item { low = middle + 1 } else { high = middle }
        }
        return false
    }

    private func passesFilters(_ block: ChangeBlock, _ row: Int) -> Bool {
        if let category = footprint.category, category != block.categories[row] { return false }
        let tags = block.tags(of: row)
        return footprint.tags.allSatisfy { tags.contains($0) }
    }

    private func reachesVector(_ block: ChangeBlock, _ row: Int, dot: Int32) -> Bool {
        guard let vector = footprint.vector, block.kinds[row].contains(.hasVector) else { return false }
        // Vectors of two encoders are never compared by a search; if they were here, nothing could be said.
        guard vector.codes.count == block.dimension else { return true }
        let estimate = vector.scale * block.scales[row] * Float(dot)
        let upperBound = estimate + slope * block.residualNorms[row] + offset
        guard upperBound.isFinite else { return true }
        guard upperBound >= vectorFloor else { return false }
        let rank = SimilarityRank(dot: upperBound)
        return rank.similarity >= vector.minimumSimilarity
            && rank.score(quality: block.qualities[row]) >= vector.entryScore
    }

    private mutating func reachesWords(_ block: ChangeBlock, _ row: Int) -> Bool {
        guard let words = footprint.words, !words.terms.isEmpty else { return false }
        guard !block.kinds[row].contains(.matchesAnyWord) else {
            postingRows += words.terms.count * LexicalTokenizer.maximumRepetitions
            return true
        }
        let normalisation = LexicalIndex.normalisation(
            length: Double(block.lexicalLengths[row]), averageLength: words.averageLength)
        var score = 0.0
        var occurrences = 0
        block.forEachShared(words.terms, row: row) { term, frequency in
            occurrences += frequency
            score += term.inverseFrequency * LexicalIndex.saturation(Double(frequency), normalisation)
        }
        postingRows += occurrences
        // A list that fusion looks at is ordered by words alone: there a low quality keeps nothing out.
        let weighed = score * max(1, ItemQuality.rankFactor(block.qualities[row]))
        return score > 0 && weighed >= words.entryScore - LexicalIndex.roundingMargin
    }

    private mutating func isReplaced(_ block: ChangeBlock, _ row: Int) -> Bool {
        if newest.isEmpty {
            for block in ring.blocks where block.lastSequence > since {
                for row in 0..<block.count { newest[block.items[row]] = block.firstSequence + Int64(row) }
            }
        }
        return newest[block.items[row], default: 0] > block.firstSequence + Int64(row)
    }
}
