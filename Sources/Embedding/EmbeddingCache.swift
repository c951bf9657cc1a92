public import Knowledge
import Synchronization

/// The vectors of the latest questions, by fingerprint: a bounded LRU.
///
/// One mutex: a hit holds it for well under a microsecond, and what misses costs milliseconds. Any thread may call.
public final class EmbeddingCache: Sendable {
    /// 10,000 vectors of 384 dimensions are 15 MB.
    public static let defaultCapacity = 10_000

    /// What was asked of a cache since it was made, and what it holds.
    public struct Statistics: Sendable, Hashable {
        public let hits: Int
        public let misses: Int
        public let count: Int
    }

    private struct State {
        var vectors = RecencyTable<Fingerprint, [Float]>()
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
        state.withLock { state in
            let vector = state.vectors.use(fingerprint) { $0 }
            if vector == nil { state.misses += 1 } else { state.hits += 1 }
            return vector
        }
    }

    /// Keeps a vector as the latest, in place of the one kept for the same question or else, when full, the oldest.
    public func insert(_ vector: [Float], for fingerprint: Fingerprint) {
        state.withLock { state in
            state.vectors.insert(fingerprint, vector)
            if state.vectors.count > capacity { _ = state.vectors.removeLeastRecent() }
        }
    }

    public var statistics: Statistics {
        state.withLock { Statistics(hits: $0.hits, misses: $0.misses, count: $0.vectors.count) }
    }
}
