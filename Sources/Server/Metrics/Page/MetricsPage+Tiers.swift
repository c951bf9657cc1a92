import HotTier
import Knowledge
import Pipeline
import WarmTier

extension MetricsPage {
    /// What all three tiers have in common.
    func writeTier(_ reading: TierReading, to page: inout Exposition) {
        let name = "thermocline_" + reading.shortName
        // By questions, not by look-ups: hits of all tiers and misses of cold add up to the questions answered.
        page.counter(
            name + "_hits", "Questions that the tier answered, by how the answer came to fit.",
            hits(reading).map { ([("match", $0.match.rawValue)], $0.count) })
        page.counter(name + "_misses", "Look-ups of the tier that found none.", reading.counts.misses)
        if let size = reading.size { page.gauge(name + "_items", "What the tier holds.", Double(size)) }
        if let bytes = reading.bytes { page.gauge(name + "_bytes", "Bytes that it takes.", Double(bytes)) }
        if let capacity = reading.capacity {
            page.gauge(name + "_capacity_items", "The most that the tier holds.", Double(capacity))
        }
        if let maximum = reading.maximumBytes {
            page.gauge(name + "_capacity_bytes", "The most bytes that it takes.", Double(maximum))
        }
        guard reading.tier != .cold else { return }
        page.counter(name + "_admissions", "Answers taken in.", reading.admissions ?? 0)
        page.counter(name + "_evictions", "Answers dropped for capacity.", reading.evictions ?? 0)
        page.counter(name + "_expirations", "Answers found too old.", reading.expirations ?? 0)
        page.counter(name + "_invalidations", "Answers found older than the knowledge.", reading.invalidations ?? 0)
    }

    /// An answer of another question is always one that hot kept.
    private func hits(_ reading: TierReading) -> [(match: Match, count: UInt64)] {
        switch reading.tier {
        case .hot:
            let semantic = min(parts.stack.metrics.answered(by: .semantic), reading.answered)
            return [(.exact, reading.answered - semantic), (.semantic, semantic)]
        case .warm: return [(.exact, reading.answered)]
        case .cold: return [(.search, reading.answered)]
        }
    }

    func writeHot(to page: inout Exposition) {
        page.histogram(
            "thermocline_hot_lookup_duration_seconds", "Duration of looking a question up in hot, found or not.",
            [([], parts.stack.metrics.hotLookup.snapshot())])
        let snapshots = parts.snapshots.status
        page.gauge("thermocline_hot_pins", "Questions pinned to the hot tier.", Double(parts.stack.hot.pinCount))
        page.counter(
            "thermocline_hot_snapshots", "Attempts to write the hot tier for the next start, by result.",
            [([("result", "saved")], UInt64(snapshots.saves)), ([("result", "failed")], UInt64(snapshots.failures))])
        page.gauge("thermocline_hot_snapshot_bytes", "Size of the last snapshot.", Double(snapshots.byteCount))
        if let savedAt = snapshots.savedAt {
            page.gauge(
                "thermocline_hot_snapshot_age_seconds", "Since the last snapshot was written.",
                Double(parts.stack.time.now().milliseconds(since: savedAt)) / 1_000)
        }
        page.gauge(
            "thermocline_hot_snapshot_restored_answers", "Answers that were hot again at the start.",
            Double(snapshots.restoredAnswers))
        page.gauge(
            "thermocline_hot_snapshot_refused", "Whether the snapshot found at the start could not be used.",
            snapshots.refusal == nil ? 0 : 1)
    }

    func writeWarm(to page: inout Exposition) {
        let warm = parts.stack.warm
        page.histogram(
            "thermocline_warm_lookup_duration_seconds", "Duration of look-ups that Redis answered, found or not.",
            [([], warm.getLatency)])
        page.histogram(
            "thermocline_warm_admission_duration_seconds", "Duration of admissions that Redis answered.",
            [([], warm.admitLatency)])
        let statistics = warm.statistics
        page.counter(
            "thermocline_warm_timeouts", "Commands that Redis did not answer in time.", UInt64(statistics.timeouts))
        page.counter("thermocline_warm_errors", "Errors that Redis answered with.", UInt64(statistics.errors))
        page.counter(
            "thermocline_warm_reconnects", "Attempts to connect after the first.", UInt64(statistics.reconnects))
        page.counter(
            "thermocline_warm_unavailable", "Look-ups and admissions that went without Redis.",
            UInt64(statistics.unavailable))
        page.gauge("thermocline_warm_outstanding", "Requests that Redis owes a reply.", Double(warm.outstanding))
    }
}

extension TierReading {
    /// As in names of metrics and settings.
    var shortName: String {
        switch tier {
        case .hot: "hot"
        case .warm: "warm"
        case .cold: "cold"
        }
    }
}
