public import Knowledge
import Synchronization

/// The vectors of the latest questions, by fingerprint: a bounded LRU.
///
/// Entries lie in one array and are linked, latest first, by their places in it, so that a hit moves one entry to
/// the front, and a full cache reuses its last entry's place, without allocating. One mutex: a hit holds it for
/// well under a microsecond, and what misses costs milliseconds. Any thread may call.
public final class EmbeddingCache: Sendable {
    /// 10,000 vectors of 384 dimensions are 15 MB.
    public static let defaultCapacity = 10_000

    /// What was asked of a cache since it was made, and what it holds.
    public struct Statistics: Sendable, Hashable {
        public let hits: Int
        public let misses: Int
        public let count: Int
    }

    fileprivate struct Entry {
        var fingerprint: Fingerprint
        var vector: [Float]
        /// Towards the latest; −1 at the front.
        var newer: Int
        /// Towards the one to go next; −1 at the back.
        var older: Int
    }

    fileprivate struct State {
        var placeOf: [Fingerprint: Int] = [:]
        var entries: [Entry] = []
        var newest = -1
        var oldest = -1
        var hits = 0
        var misses = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// - Parameter capacity: entries kept at most; at least 1.
    public init(capacity: Int = EmbeddingCache.defaultCapacity) {
        self.capacity = max(1, capacity)
    }

    /// The vector kept for a question, which becomes the latest; counts a hit or a miss.
    public func get(_ fingerprint: Fingerprint) -> [Float]? {
        state.withLock { state -> [Float]? in
            guard let place = state.placeOf[fingerprint] else {
                state.misses += 1
                return nil
            }
            state.hits += 1
            state.moveToFront(place)
            return state.entries[place].vector
        }
    }

    /// Keeps a vector as the latest, in place of the one kept for the same question or else, when full, the oldest.
    public func insert(_ vector: [Float], for fingerprint: Fingerprint) {
        state.withLock { state in
            if let place = state.placeOf[fingerprint] {
                state.entries[place].vector = vector
                state.moveToFront(place)
            } else if state.entries.count < capacity {
                let place = state.entries.count
                state.entries.append(Entry(fingerprint: fingerprint, vector: vector, newer: -1, older: -1))
                state.placeOf[fingerprint] = place
                state.linkAtFront(place)
            } else {
                let place = state.oldest
                state.placeOf[state.entries[place].fingerprint] = nil
                state.placeOf[fingerprint] = place
                state.entries[place].fingerprint = fingerprint
                state.entries[place].vector = vector
                state.moveToFront(place)
            }
        }
    }

    public func removeAll() {
        state.withLock { state in
            state = State(hits: state.hits, misses: state.misses)
        }
    }

    public var statistics: Statistics {
        state.withLock { Statistics(hits: $0.hits, misses: $0.misses, count: $0.entries.count) }
    }
}

extension EmbeddingCache.State {
    fileprivate mutating func moveToFront(_ place: Int) {
        guard place != newest else { return }
        let (newer, older) = (entries[place].newer, entries[place].older)
        entries[newer].older = older
        if older >= 0 { entries[older].newer = newer } else { oldest = newer }
        linkAtFront(place)
    }

    fileprivate mutating func linkAtFront(_ place: Int) {
        entries[place].newer = -1
        entries[place].older = newest
        if newest >= 0 { entries[newest].newer = place } else { oldest = place }
        newest = place
    }
}
