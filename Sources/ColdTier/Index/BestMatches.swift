import Knowledge

/// The best `limit` matches so far: by rounded similarity descending, then by id ascending.
struct BestMatches {
    private let limit: Int
    /// Matches must be strictly above; −∞ lets all pass.
    private let bound: Double
    private var entries: [(rank: SimilarityRank, id: Int64)] = []

    init(limit: Int, above bound: Double?) {
        self.limit = limit
        self.bound = bound ?? -.infinity
    }

    /// False if no item whose dot product is at most `upperBound` can enter, whatever its id.
    func couldAdmit(upperBound: Float) -> Bool {
        let rank = SimilarityRank(dot: upperBound)
        guard rank.similarity > bound else { return false }
        guard entries.count == limit, let last = entries.last else { return true }
        return rank >= last.rank
    }

    mutating func offer(dot: Float, id: Int64) {
        let rank = SimilarityRank(dot: dot)
        guard rank.similarity > bound else { return }
        if entries.count == limit {
            guard let last = entries.last, Self.precedes((rank, id), last) else { return }
            entries.removeLast()
        }
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if Self.precedes(entries[middle], (rank, id)) { low = middle + 1 } else { high = middle }
        }
        entries.insert((rank, id), at: low)
    }

    var matches: [VectorMatch] {
        entries.map { VectorMatch(id: ItemID($0.id), similarity: $0.rank.similarity) }
    }

    private static func precedes(
        _ a: (rank: SimilarityRank, id: Int64), _ b: (rank: SimilarityRank, id: Int64)
    ) -> Bool {
        a.rank == b.rank ? a.id < b.id : a.rank > b.rank
    }
}
