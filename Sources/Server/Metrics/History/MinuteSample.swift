package import Knowledge
package import Pipeline

/// What one minute came to. No part of it is on the heap, so that a history's bytes are known.
package struct MinuteSample: Sendable, Hashable {
    package var endedAt: Timestamp
    /// Of the minute that were watched: fewer in the first one.
    package var milliseconds: UInt32
    package var questions: ByOutcome<UInt32>
    /// Milliseconds; NaN where no question ended so.
    package var p50: ByOutcome<Float>
    package var p95: ByOutcome<Float>
    package var p99: ByOutcome<Float>
    package var coalesced: UInt32
    package var fill: Fill
    /// Questions by the router's rule, in the order of `Rule.allCases`; further lanes are 0.
    package var rules: SIMD16<UInt32>

    /// What the tiers held at the minute's end.
    package struct Fill: Sendable, Hashable {
        package var hotItems: UInt32
        package var hotBytes: UInt64
        /// `UInt32.max` while Redis does not tell.
        package var warmItems: UInt32
        package var coldItems: UInt32

        package init(hotItems: UInt32, hotBytes: UInt64, warmItems: UInt32, coldItems: UInt32) {
            self.hotItems = hotItems
            self.hotBytes = hotBytes
            self.warmItems = warmItems
            self.coldItems = coldItems
        }
    }
}

/// The counters that minutes are the differences of, at one moment.
package struct CounterReading: Sendable {
    package var latencies: [ServedBy: LatencySnapshot]
    package var coalesced: UInt64
    package var rules: [UInt64]

    package init(latencies: [ServedBy: LatencySnapshot], coalesced: UInt64, rules: [UInt64]) {
        self.latencies = latencies
        self.coalesced = coalesced
        self.rules = rules
    }
}

extension MinuteSample {
    /// What was counted between two readings.
    package init(
        from earlier: CounterReading, to later: CounterReading, fill: Fill, endedAt: Timestamp, milliseconds: UInt32
    ) {
        let latencies = ByOutcome { outcome -> LatencySnapshot in
            let now = later.latencies[outcome] ?? LatencyHistogram().snapshot()
            return earlier.latencies[outcome].map { now.since($0) } ?? now
        }
        func quantile(_ fraction: Double) -> ByOutcome<Float> {
            ByOutcome { Float(latencies[$0].quantileMilliseconds(fraction) ?? .nan) }
        }
        self.endedAt = endedAt
        self.milliseconds = milliseconds
        questions = ByOutcome { UInt32(clamping: latencies[$0].count) }
        p50 = quantile(0.5)
        p95 = quantile(0.95)
        p99 = quantile(0.99)
        coalesced = UInt32(clamping: later.coalesced &- earlier.coalesced)
        self.fill = fill
        rules = .zero
        for (place, count) in later.rules.enumerated() where place < rules.scalarCount {
            let before = place < earlier.rules.count ? earlier.rules[place] : 0
            rules[place] = UInt32(clamping: count &- before)
        }
    }
}
