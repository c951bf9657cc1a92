/// Cumulative counts of the look-ups of one tier.
struct TierCounts: Sendable, Hashable {
    var hits: UInt64 = 0
    var misses: UInt64 = 0

    /// In percent of the look-ups; 0 when there were none.
    var hitPercent: Double {
        let total = hits + misses
        return total == 0 ? 0 : 100 * Double(hits) / Double(total)
    }

    /// What was counted since `earlier`.
    func since(_ earlier: TierCounts) -> TierCounts {
        TierCounts(
            hits: hits >= earlier.hits ? hits - earlier.hits : 0,
            misses: misses >= earlier.misses ? misses - earlier.misses : 0)
    }
}

/// The counts of all tiers at one moment.
struct CountSample: Sendable, Hashable {
    var hot = TierCounts()
    var warm = TierCounts()
    var cold = TierCounts()
}
