package import Pipeline

/// Cumulative counts of the look-ups of one tier.
package struct TierCounts: Sendable, Hashable {
    package var hits: UInt64
    package var misses: UInt64

    package init(hits: UInt64 = 0, misses: UInt64 = 0) {
        self.hits = hits
        self.misses = misses
    }

    /// In percent of the look-ups; 0 when there were none.
    var hitPercent: Double {
        let total = hits + misses
        return total == 0 ? 0 : 100 * Double(hits) / Double(total)
    }

    /// What was counted since `earlier`.
    package func since(_ earlier: TierCounts) -> TierCounts {
        TierCounts(
            hits: hits >= earlier.hits ? hits - earlier.hits : 0,
            misses: misses >= earlier.misses ? misses - earlier.misses : 0)
    }
}

/// The counts of all tiers at one moment.
package struct CountSample: Sendable, Hashable {
    package var hot: TierCounts
    package var warm: TierCounts
    package var cold: TierCounts
    /// Questions answered, by what answered them.
    package var served: ServedCounts

    package init(
        hot: TierCounts = .init(), warm: TierCounts = .init(), cold: TierCounts = .init(),
        served: ServedCounts = ServedCounts(hot: 0, warm: 0, cold: 0, miss: 0)
    ) {
        self.hot = hot
        self.warm = warm
        self.cold = cold
        self.served = served
    }
}
