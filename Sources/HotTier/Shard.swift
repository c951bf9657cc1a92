import Synchronization

/// A part of the hot tier's answers under a lock of its own, with the age of the oldest in each lane for all to see.
final class Shard: Sendable {
    let table: Mutex<LaneTable>
    private let oldestInMain = Atomic<UInt64>(.max)
    private let oldestInSide = Atomic<UInt64>(.max)

    /// - Parameter tracksTenants: whether each tenant's oldest answer is to be found at once.
    init(tracksTenants: Bool) {
        table = Mutex(LaneTable(tracksTenants: tracksTenants))
    }

    /// Tick of the oldest entry of a lane that is evicted from; `UInt64.max` when there is none.
    func oldestTick(in lane: Lane) -> UInt64 {
        switch lane {
        case .main: oldestInMain.load(ordering: .relaxed)
        case .side: oldestInSide.load(ordering: .relaxed)
        case .pinned: .max
        }
    }

    func publishOldest(of table: borrowing LaneTable) {
        oldestInMain.store(table.oldest(in: .main)?.entry.tick ?? .max, ordering: .relaxed)
        oldestInSide.store(table.oldest(in: .side)?.entry.tick ?? .max, ordering: .relaxed)
    }

    var isConsistent: Bool {
        table.withLock { table in
            table.isConsistent
                && [Lane.main, .side].allSatisfy { oldestTick(in: $0) == table.oldest(in: $0)?.entry.tick ?? .max }
        }
    }
}
