import Knowledge
import Synchronization

/// S3-FIFO: a small first-in-first-out queue on probation, a main one, and the names of what left the small one.
///
/// A newcomer joins the small queue (the side lane), or the main one if it was evicted from the small one not long
/// ago. A use only counts, up to 3. To evict, the small queue is looked at while it holds a tenth of the tier or more:
/// its oldest goes to the main queue if it was used at least twice, and else out, its fingerprint kept as a ghost.
/// From the main queue the oldest goes out if it was not used; else it is queued again with one use fewer. So a scan
/// passes through a tenth of the tier and leaves the rest alone.
/// Source: Yang, Zhang, Qiu, Yue, Rashmi: FIFO queues are all you need for cache eviction (SOSP 2023), algorithm 1.
///
/// Ghosts are bounded by the share of the main queue, nine tenths of the answers that the tier holds.
final class S3FIFO: Sendable {
    /// The small queue's share of the tier is 1 / 10, the paper's choice.
    private static let smallShareDivisor = 10
    private static let maximumUses: UInt8 = 3
    /// Uses on probation that lead to the main queue.
    private static let usesToStay: UInt8 = 2

    private let ghosts = Mutex(RecencyTable<Fingerprint, Void>())

    func use(_ entry: Entry) -> Bool {
        entry.uses.set(min(entry.uses.value + 1, Self.maximumUses))
        return false
    }

    func laneForNewcomer(_ fingerprint: Fingerprint, _ occupancy: Occupancy) -> Lane {
        ghosts.withLock { ghosts in
            trim(&ghosts, occupancy)
            return ghosts.remove(fingerprint) == nil ? .side : .main
        }
    }

    func laneToEvict(_ occupancy: Occupancy) -> Lane {
        guard occupancy.sideCount > 0 else { return .main }
        guard occupancy.count > occupancy.sideCount else { return .side }
        let isDue =
            occupancy.sideCount * Self.smallShareDivisor >= occupancy.count
            || occupancy.sideByteCount * Self.smallShareDivisor >= occupancy.byteCount
        return isDue ? .side : .main
    }

    func spare(_ entry: Entry, in lane: Lane) -> Lane? {
        let uses = entry.uses.value
        switch lane {
        case .side where uses >= Self.usesToStay:
            entry.uses.set(0)
            return .main
        case .main where uses > 0:
            entry.uses.set(uses - 1)
            return .main
        default: return nil
        }
    }

    func noteEviction(of fingerprint: Fingerprint, from lane: Lane, _ occupancy: Occupancy) {
        guard lane == .side else { return }
        ghosts.withLock { ghosts in
            ghosts.insert(fingerprint, ())
            trim(&ghosts, occupancy)
        }
    }

    /// For tests.
    var ghostCount: Int { ghosts.withLock { $0.count } }

    private func trim(_ ghosts: inout RecencyTable<Fingerprint, Void>, _ occupancy: Occupancy) {
        let limit = occupancy.count - occupancy.count / Self.smallShareDivisor
        while ghosts.count > limit { _ = ghosts.removeLeastRecent() }
    }
}
