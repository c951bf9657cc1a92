import Synchronization

/// SIEVE: a first-in-first-out queue with a hand that goes from the oldest answer to the newest.
///
/// A use only marks the answer. To evict, the hand unmarks what is marked and leaves it where it is, and takes
/// the first that is not marked; past the newest answer it begins again at the oldest. So a newcomer that nobody
/// asks for again goes when the hand comes by, while what was asked for stays for another round.
/// Source: Zhang, Yang, Yue, Vigfusson, Rashmi: SIEVE is Simpler than LRU (NSDI 2024), algorithm 1.
///
/// The queue is cut at the hand into two lanes: the one *ahead* of it, whose oldest answer the hand points at and
/// which newcomers join, and the one it has passed. An answer that is spared goes from the first to the second; when
/// nothing is ahead, the lanes change their parts. Invariant: all that was passed is older than all that is ahead.
final class Sieve: Sendable {
    private let mainIsAhead = Atomic<Bool>(true)

    func use(_ entry: Entry) -> Bool {
        entry.uses.set(1)
        return false
    }

    /// The lane ahead of the hand, which begins a new round if that is empty.
    func laneAhead(_ occupancy: Occupancy) -> Lane {
        let lane: Lane = mainIsAhead.load(ordering: .relaxed) ? .main : .side
        guard occupancy.count(in: lane) <= 0 else { return lane }
        // Two threads may come here at once: exchanging from a known state lets only one of them turn the lanes.
        let isMain = lane == .main
        _ = mainIsAhead.compareExchange(expected: isMain, desired: !isMain, ordering: .relaxed)
        return lane.other
    }

    func spare(_ entry: Entry, in lane: Lane) -> Lane? {
        guard entry.uses.value > 0 else { return nil }
        entry.uses.set(0)
        return lane.other
    }
}
