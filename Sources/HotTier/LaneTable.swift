import Knowledge
import Synchronization

/// A queue of a shard. What the first two are for, the policy decides; from the third nothing is evicted.
enum Lane: Int, Sendable, CaseIterable {
    case main, side, pinned

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

/// What the whole tier holds but for pinned answers, and its side lanes of that.
struct Occupancy: Sendable {
    let count: Int
    let byteCount: Int
    let sideCount: Int
    let sideByteCount: Int

    func count(in lane: Lane) -> Int { lane == .main ? count - sideCount : sideCount }
}

/// The answers of one shard by fingerprint, in queues, and its pins. A value type; not synchronised.
///
/// Invariant: no fingerprint is in two queues, and ticks grow from the oldest to the newest of each.
struct LaneTable: Sendable {
    private var main = RecencyTable<Fingerprint, Entry>()
    private var side = RecencyTable<Fingerprint, Entry>()
    private var pinned = RecencyTable<Fingerprint, Entry>()
    /// The ticks of each tenant's answers that may be evicted, in the order of all its queues; `nil` when nobody asks.
    private var ticks: [Tenant: RecencyTable<Fingerprint, UInt64>]?
    /// Of this shard's fingerprints, whether their answers are here or not.
    var pins: Set<HotPin> = []

    init(tracksTenants: Bool) {
        ticks = tracksTenants ? [:] : nil
    }

    func peek(_ fingerprint: Fingerprint) -> (entry: Entry, lane: Lane)? {
        if let entry = main.peek(fingerprint) { return (entry, .main) }
        if let entry = side.peek(fingerprint) { return (entry, .side) }
        return pinned.peek(fingerprint).map { ($0, .pinned) }
    }

    func oldest(in lane: Lane) -> (fingerprint: Fingerprint, entry: Entry)? {
        switch lane {
        case .main: main.leastRecent.map { ($0.key, $0.value) }
        case .side: side.leastRecent.map { ($0.key, $0.value) }
        case .pinned: pinned.leastRecent.map { ($0.key, $0.value) }
        }
    }

    /// The answer of a tenant that joined its queue the longest ago, but for pinned ones.
    func oldest(of tenant: Tenant) -> (fingerprint: Fingerprint, tick: UInt64)? {
        ticks?[tenant]?.leastRecent.map { ($0.key, $0.value) }
    }

    /// Puts an entry that is in no queue at the newest end of one.
    mutating func append(_ entry: Entry, to lane: Lane) {
        switch lane {
        case .main: main.insert(entry.answer.fingerprint, entry)
        case .side: side.insert(entry.answer.fingerprint, entry)
        case .pinned: pinned.insert(entry.answer.fingerprint, entry)
        }
        guard lane != .pinned else { return }
        ticks?[entry.answer.tenant, default: RecencyTable()].insert(entry.answer.fingerprint, entry.tick)
    }

    /// Makes an entry the newest of its queue.
    mutating func renew(_ entry: Entry, in lane: Lane, tick: UInt64) {
        let fingerprint = entry.answer.fingerprint
        switch lane {
        case .main: _ = main.use(fingerprint) { $0.tick = tick }
        case .side: _ = side.use(fingerprint) { $0.tick = tick }
        case .pinned: _ = pinned.use(fingerprint) { $0.tick = tick }
        }
        guard lane != .pinned else { return }
        _ = ticks?[entry.answer.tenant]?.use(fingerprint) { $0 = tick }
    }

    mutating func remove(_ entry: Entry, from lane: Lane) {
        let (fingerprint, tenant) = (entry.answer.fingerprint, entry.answer.tenant)
        switch lane {
        case .main: main.remove(fingerprint)
        case .side: side.remove(fingerprint)
        case .pinned: pinned.remove(fingerprint)
        }
        guard lane != .pinned, ticks != nil else { return }
        ticks?[tenant]?.remove(fingerprint)
        if ticks?[tenant]?.count == 0 { ticks?[tenant] = nil }
    }

    /// Newest first, one queue after the other.
    var entries: [(entry: Entry, lane: Lane)] {
        main.entries.map { ($0.value, .main) } + side.entries.map { ($0.value, .side) }
            + pinned.entries.map { ($0.value, .pinned) }
    }

    /// For tests.
    var isConsistent: Bool {
        let entries = entries
        return [main, side, pinned].allSatisfy { lane in
            let ticks = lane.entries.map(\.value.tick)
            return lane.isConsistent && zip(ticks, ticks.dropFirst()).allSatisfy { $0 > $1 }
        } && Set(entries.map(\.entry.answer.fingerprint)).count == entries.count
            && entries.allSatisfy { entry, lane in
                lane != .pinned || pins.contains(HotPin(entry.answer))
            } && ticksAreConsistent(with: entries)
    }

    private func ticksAreConsistent(with entries: [(entry: Entry, lane: Lane)]) -> Bool {
        guard let ticks else { return true }
        return ticks.values.allSatisfy { $0.isConsistent && $0.count > 0 }
            && ticks.values.reduce(0) { $0 + $1.count } == entries.count { $0.lane != .pinned }
            && entries.allSatisfy { entry, lane in
                lane == .pinned || ticks[entry.answer.tenant]?.peek(entry.answer.fingerprint) == entry.tick
            }
    }
}

extension HotPin {
    /// The pin that would hold this answer.
    init(_ answer: Answer) {
        self.init(tenant: answer.tenant, fingerprint: answer.fingerprint)
    }
}
