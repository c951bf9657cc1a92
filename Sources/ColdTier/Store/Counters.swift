import Knowledge
import Synchronization

/// What the store counts of itself. Any thread.
final class Counters: Sendable {
    let searches = Atomic<Int>(0)
    let writes = Atomic<Int>(0)
    /// Of writes that were committed: beginning, changes, synced commit and publication.
    let transactions = LatencyHistogram()
    private let steps = ColdSearchStep.Name.allCases.map { _ in LatencyHistogram() }
    let helpfulVotes = Counter()
    let unhelpfulVotes = Counter()
    let settledItems = Counter()
    let pendingSearches = Atomic<Int>(0)
    /// Written since the allocator last gave memory back.
    let bytesSinceGivenBack = Atomic<Int>(0)
    let freeBytes = Atomic<Int>(0)
    /// Maintenance has moved rows or given pages back, and the log has not been emptied since.
    let hasGivenBack = Atomic<Bool>(false)
    /// As of the last maintenance.
    let deadItems = Atomic<Int>(0)
    let exports = Atomic<Int>(0)
    let maintenanceIsScheduled = Atomic<Bool>(false)
    /// Why the last transaction failed, until one succeeds.
    let writeFailure = Mutex<ColdError?>(nil)
    private let closed = Atomic<Bool>(false)

    /// Durations of one part of searches.
    func latency(of step: ColdSearchStep.Name) -> LatencyHistogram { steps[step.place] }

    var isClosed: Bool { closed.load(ordering: .acquiring) }

    /// True for the first call.
    func close() -> Bool { !closed.exchange(true, ordering: .acquiringAndReleasing) }

    /// Takes one of `limit` places; the caller subtracts one again if it got it.
    static func enter(_ count: borrowing Atomic<Int>, limit: Int) -> Bool {
        if count.add(1, ordering: .acquiringAndReleasing).newValue <= limit { return true }
        count.subtract(1, ordering: .acquiringAndReleasing)
        return false
    }
}

extension Duration {
    var microseconds: Double {
        Double(components.seconds) * 1e6 + Double(components.attoseconds) / 1e12
    }
}
