import Knowledge

/// Which answers leave the hot tier when it is full.
///
/// `docs/eviction.md` compares them on replayed traces.
public enum EvictionPolicy: String, Sendable, Hashable, CaseIterable {
    /// The least recently used first.
    case lru
    /// Two first-in-first-out queues, so that what is asked once passes through the smaller one quickly.
    case s3fifo
    /// One first-in-first-out queue, from which a hand takes what was not used since it last came by.
    case sieve

    public static let standard = EvictionPolicy.lru
}

/// The decisions of an `EvictionPolicy`, with the state that they need beside the queues.
///
/// The tier keeps the queues and asks: on a use, for a newcomer, and, until there is room, in which lane to look
/// for the next victim and whether to spare the oldest answer there. A policy never touches an answer.
enum EvictionRules: Sendable {
    case lru(LeastRecentlyUsed)
    case s3fifo(S3FIFO)
    case sieve(Sieve)

    init(_ policy: EvictionPolicy) {
        self =
            switch policy {
            case .lru: .lru(LeastRecentlyUsed())
            case .s3fifo: .s3fifo(S3FIFO())
            case .sieve: .sieve(Sieve())
            }
    }

    /// Notes a use of an entry; under the lock of its shard.
    ///
    /// - Returns: whether the entry becomes the newest of its lane.
    func use(_ entry: Entry) -> Bool {
        switch self {
        case .lru(let rules): rules.use(entry)
        case .s3fifo(let rules): rules.use(entry)
        case .sieve(let rules): rules.use(entry)
        }
    }

    /// The lane that a newcomer joins.
    func laneForNewcomer(_ fingerprint: Fingerprint, _ occupancy: Occupancy) -> Lane {
        switch self {
        case .lru(let rules): rules.laneForNewcomer()
        case .s3fifo(let rules): rules.laneForNewcomer(fingerprint, occupancy)
        case .sieve(let rules): rules.laneAhead(occupancy)
        }
    }

    /// The lane whose oldest entry is judged next.
    func laneToEvict(_ occupancy: Occupancy) -> Lane {
        switch self {
        case .lru(let rules): rules.laneToEvict()
        case .s3fifo(let rules): rules.laneToEvict(occupancy)
        case .sieve(let rules): rules.laneAhead(occupancy)
        }
    }

    /// Judges the oldest entry of a lane; under the lock of its shard.
    ///
    /// - Returns: the lane whose newest it becomes, or `nil` when it has to go.
    func spare(_ entry: Entry, in lane: Lane) -> Lane? {
        switch self {
        case .lru(let rules): rules.spare()
        case .s3fifo(let rules): rules.spare(entry, in: lane)
        case .sieve(let rules): rules.spare(entry, in: lane)
        }
    }

    /// Notes that an entry was evicted from a lane.
    func noteEviction(of fingerprint: Fingerprint, from lane: Lane, _ occupancy: Occupancy) {
        guard case .s3fifo(let rules) = self else { return }
        rules.noteEviction(of: fingerprint, from: lane, occupancy)
    }

    /// Evicted fingerprints remembered; for tests.
    var ghostCount: Int {
        guard case .s3fifo(let rules) = self else { return 0 }
        return rules.ghostCount
    }
}
