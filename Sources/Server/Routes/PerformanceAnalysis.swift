import Knowledge
import Pipeline

/// What the measurements say about how the tiers do. As large after a billion questions as after one.
package struct PerformanceAnalysis {
    let served: ServedCounts
    let latencies: [ServedBy: LatencySnapshot]
    /// Of the whole installation; `nil` in what one tenant is told.
    let hot: TierReading?
    let health: [PartHealth]

    /// Below this many questions rates say little.
    static let leastQuestions: UInt64 = 20

    /// - Parameter tenant: whose questions; `nil` for all.
    init(parts: ServerParts, health: [PartHealth], of tenant: Tenant?) {
        let stack = parts.stack
        let latencies = Dictionary(
            uniqueKeysWithValues: ServedBy.allCases.map { ($0, stack.metrics.latency($0, of: tenant)) })
        self.latencies = latencies
        // Counted from the same snapshots, so that counts and durations agree.
        func count(_ servedBy: ServedBy) -> UInt64 { latencies[servedBy]?.count ?? 0 }
        served = ServedCounts(hot: count(.hot), warm: count(.warm), cold: count(.cold), miss: count(.miss))
        hot = tenant == nil ? stack.hotReading() : nil
        self.health = health
    }

    /// Average over all questions; `nil` before the first.
    var averageMilliseconds: Double? {
        let total = latencies.values.reduce(0) { $0 + $1.sumSeconds }
        return served.total == 0 ? nil : total * 1e3 / Double(served.total)
    }

    /// A below 1 ms on average, B below 10, C below 50, D above.
    var grade: String {
        switch averageMilliseconds {
        case nil: "not measured yet"
        case .some(..<1): "A"
        case .some(..<10): "B"
        case .some(..<50): "C"
        default: "D"
        }
    }

    /// What an operator could do, each with the measurement that says so. At most one a rule.
    var recommendations: [String] {
        var advice: [String] = []
        for part in health {
            if let reason = part.toldReason, !part.status.isAtItsBest {
                advice.append("\(part.part.rawValue) is \(part.status.rawValue): \(reason)")
            }
        }
        guard served.total >= Self.leastQuestions else { return advice }
        if let hot, let evictions = hot.evictions, evictions > hot.counts.hits {
            advice.append(
                "Hot dropped \(evictions) answers for capacity and found \(hot.counts.hits): "
                    + "GET \(Routes.prefix)/tiers/advice says what other sizes would hit")
        }
        let missPercent = served.percent(\.miss)
        if missPercent > 20 {
            advice.append("\(Wording.percent(missPercent)) of the questions found nothing: add knowledge for them")
        }
        let keptPercent = served.percent(\.hot) + served.percent(\.warm)
        if keptPercent < 20 {
            advice.append(
                "\(Wording.percent(keptPercent)) of the questions were answered from hot or warm: "
                    + "few are asked twice, or WARM_ACCESS_THRESHOLD is high for them")
        }
        return advice
    }

    /// Fractions 0…1 of all questions, in the order of `ServedBy.allCases`, that add up to 1 (to 0 before the first).
    ///
    /// Whole millionths are dealt out by largest remainder, so that rounding loses none.
    package static func shares(_ counts: [UInt64]) -> [Double] {
        let total = counts.reduce(0, +)
        guard total > 0 else { return counts.map { _ in 0 } }
        let exact = counts.map { Double($0) * 1e6 / Double(total) }
        var millionths = exact.map { Int($0) }
        let left = 1_000_000 - millionths.reduce(0, +)
        let byRemainder = exact.indices.sorted {
            (exact[$0] - exact[$0].rounded(.down), -$0) > (exact[$1] - exact[$1].rounded(.down), -$1)
        }
        for index in byRemainder.prefix(max(left, 0)) { millionths[index] += 1 }
        return millionths.map { Double($0) / 1e6 }
    }
}
