import Knowledge
import Synchronization

/// One of the two queues of a shard; what each is for, the policy decides.
enum Lane: Int, Sendable, CaseIterable {
    case main, side

    var other: Lane { self == .main ? .side : .main }
}

/// An answer in a queue.
struct Entry: Sendable {
    let answer: Answer
    /// When it became the newest of its queue, on the tier's clock of ticks.
    var tick: UInt64
    var uses = UseCount()
}

/// How often an answer was used lately, as far as the policy cares.
///
/// Apart from the entry, so that a use need not touch the queue. Written under the lock of the shard alone.
final class UseCount: Sendable {
    private let count = Atomic<UInt8>(0)

    var value: UInt8 { count.load(ordering: .relaxed) }

    func set(_ value: UInt8) { count.store(value, ordering: .relaxed) }
}

/// What the whole tier holds, and its side lanes of that.
struct Occupancy: Sendable {
    let count: Int
    let byteCount: Int
    let sideCount: Int
    let sideByteCount: Int

    func count(in lane: Lane) -> Int { lane == .main ? count - sideCount : sideCount }
}

/// The answers of one shard by fingerprint, in two queues. A value type; not synchronised.
///
/// Invariant: no fingerprint is in both queues, and ticks grow from the oldest to the newest of each.
struct LaneTable: Sendable {
    private var main = RecencyTable<Fingerprint, Entry>()
    private var side = RecencyTable<Fingerprint, Entry>()

    func peek(_ fingerprint: Fingerprint) -> (entry: Entry, lane: Lane)? {
        if let entry = main.peek(fingerprint) { return (entry, .main) }
        return side.peek(fingerprint).map { ($0, .side) }
    }

    func oldest(in lane: Lane) -> (fingerprint: Fingerprint, entry: Entry)? {
        lane == .main ? main.leastRecent.map { ($0.key, $0.value) } : side.leastRecent.map { ($0.key, $0.value) }
    }

    /// Puts an entry that is in neither queue at the newest end of one.
    mutating func append(_ entry: Entry, to lane: Lane) {
        switch lane {
        case .main: main.insert(entry.answer.fingerprint, entry)
        case .side: side.insert(entry.answer.fingerprint, entry)
        }
    }

    /// Makes an entry the newest of its queue.
    mutating func renew(_ fingerprint: Fingerprint, in lane: Lane, tick: UInt64) {
        switch lane {
        case .main: _ = main.use(fingerprint) { $0.tick = tick }
        case .side: _ = side.use(fingerprint) { $0.tick = tick }
        }
    }

    mutating func remove(_ fingerprint: Fingerprint, from lane: Lane) {
        switch lane {
        case .main: main.remove(fingerprint)
        case .side: side.remove(fingerprint)
        }
    }

    /// Newest first, one queue after the other.
    var entries: [(entry: Entry, lane: Lane)] {
        main.entries.map { ($0.value, .main) } + side.entries.map { ($0.value, .side) }
    }

    /// For tests.
    var isConsistent: Bool {
        [main, side].allSatisfy { lane in
            let ticks = lane.entries.map(\.value.tick)
            return lane.isConsistent && zip(ticks, ticks.dropFirst()).allSatisfy { $0 > $1 }
        } && Set(entries.map(\.entry.answer.fingerprint)).count == entries.count
    }
}
