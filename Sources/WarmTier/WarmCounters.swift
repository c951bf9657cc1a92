package import Knowledge
import Synchronization

/// The counters behind `WarmStatistics`. Any thread.
package final class WarmCounters: Sendable {
    package enum Event: Sendable {
        case hits, misses, admissions, evictions, expirations, undecodable, timeouts, errors, reconnects
        case unavailable, refusedAdmissions
    }

    private let hits = Atomic(0)
    private let misses = Atomic(0)
    private let admissions = Atomic(0)
    private let evictions = Atomic(0)
    private let expirations = Atomic(0)
    private let undecodable = Atomic(0)
    private let timeouts = Atomic(0)
    private let errors = Atomic(0)
    private let reconnects = Atomic(0)
    private let unavailable = Atomic(0)
    private let refusedAdmissions = Atomic(0)
    /// Look-ups that Redis answered, from call to outcome.
    package let getLatency = LatencyHistogram()
    /// Admissions that Redis answered, from call to outcome.
    package let admitLatency = LatencyHistogram()

    package init() {}

    package func add(_ count: Int, to event: Event) {
        switch event {
        case .hits: hits.wrappingAdd(count, ordering: .relaxed)
        case .misses: misses.wrappingAdd(count, ordering: .relaxed)
        case .admissions: admissions.wrappingAdd(count, ordering: .relaxed)
        case .evictions: evictions.wrappingAdd(count, ordering: .relaxed)
        case .expirations: expirations.wrappingAdd(count, ordering: .relaxed)
        case .undecodable: undecodable.wrappingAdd(count, ordering: .relaxed)
        case .timeouts: timeouts.wrappingAdd(count, ordering: .relaxed)
        case .errors: errors.wrappingAdd(count, ordering: .relaxed)
        case .reconnects: reconnects.wrappingAdd(count, ordering: .relaxed)
        case .unavailable: unavailable.wrappingAdd(count, ordering: .relaxed)
        case .refusedAdmissions: refusedAdmissions.wrappingAdd(count, ordering: .relaxed)
        }
    }

    package var statistics: WarmStatistics {
        var statistics = WarmStatistics()
        statistics.hits = hits.load(ordering: .relaxed)
        statistics.misses = misses.load(ordering: .relaxed)
        statistics.admissions = admissions.load(ordering: .relaxed)
        statistics.evictions = evictions.load(ordering: .relaxed)
        statistics.expirations = expirations.load(ordering: .relaxed)
        statistics.undecodable = undecodable.load(ordering: .relaxed)
        statistics.timeouts = timeouts.load(ordering: .relaxed)
        statistics.errors = errors.load(ordering: .relaxed)
        statistics.reconnects = reconnects.load(ordering: .relaxed)
        statistics.unavailable = unavailable.load(ordering: .relaxed)
        statistics.refusedAdmissions = refusedAdmissions.load(ordering: .relaxed)
        return statistics
    }
}
