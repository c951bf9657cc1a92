import Synchronization

/// The memory of all originals: a limit, what of it is taken by blocks that no segment has yet, and in the rest the chunks
/// of segments that were read last.
///
/// Algorithm. CLOCK: a chunk that was read since the hand last passed is passed over once more. A chunk comes in unread, so
/// a pass over everything does not drive out what is read again and again. Chunks are evicted until all fit; what is taken
/// by blocks cannot be.
///
/// Any thread. The lock is held for some steps of the hand, and never together with a source's. A search keeps the chunk
/// it reads for as long as it reads it, so at most one chunk for each running search is in memory beyond the limit.
public final class OriginalsCache: Sendable {
    /// A look at the numbers.
    public struct Statistics: Sendable, Hashable {
        /// Bytes of blocks that no segment has yet.
        public var pinnedBytes = 0
        /// Bytes of chunks.
        public var cachedBytes = 0
        public var hits = 0
        public var misses = 0
        public var evictions = 0
    }

    private struct Clock {
        var chunks: [OriginalsChunk] = []
        var hand = 0
        var cachedBytes = 0
        var pinnedBytes = 0
        var evictions = 0
    }

    /// `nil` for no limit.
    public let limitBytes: Int?
    private let clock = Mutex(Clock())
    private let hits = Atomic<Int>(0)
    private let misses = Atomic<Int>(0)

    public init(limitBytes: Int? = nil) {
        self.limitBytes = limitBytes
    }

    public var statistics: Statistics {
        clock.withLock { clock in
            Statistics(
                pinnedBytes: clock.pinnedBytes, cachedBytes: clock.cachedBytes,
                hits: hits.load(ordering: .relaxed), misses: misses.load(ordering: .relaxed),
                evictions: clock.evictions)
        }
    }

    func countHit() { hits.add(1, ordering: .relaxed) }
    func countMiss() { misses.add(1, ordering: .relaxed) }

    func hasRoom(for byteCount: Int) -> Bool {
        clock.withLock { fits($0, byteCount) }
    }

    /// Takes in a chunk that its source has already; false when there is no room, or none that may be made.
    func admit(_ chunk: OriginalsChunk, evicting: Bool) -> Bool {
        let evicted: [OriginalsChunk]? = clock.withLock { clock in
            guard chunk.place == nil else { return [] }
            if !fits(clock, chunk.byteCount) {
                // Nothing is gained by evicting where all cannot fit.
                guard evicting, clock.pinnedBytes + chunk.byteCount <= limitBytes ?? .max else { return nil }
            }
            let evicted = evict(from: &clock, for: chunk.byteCount)
            chunk.place = clock.chunks.count
            clock.chunks.append(chunk)
            clock.cachedBytes += chunk.byteCount
            return evicted
        }
        evicted?.forEach { $0.source?.drop($0) }
        return evicted != nil
    }

    /// Forgets chunks whose block is gone.
    func remove(_ chunks: [OriginalsChunk]) {
        clock.withLock { clock in
            for chunk in chunks { Self.remove(chunk, from: &clock) }
        }
    }

    /// Tells how much blocks take that no segment has yet.
    func pin(_ byteCount: Int) {
        let evicted = clock.withLock { clock in
            clock.pinnedBytes = byteCount
            return evict(from: &clock, for: 0)
        }
        evicted.forEach { $0.source?.drop($0) }
    }

    private func fits(_ clock: borrowing Clock, _ byteCount: Int) -> Bool {
        clock.pinnedBytes + clock.cachedBytes + byteCount <= limitBytes ?? .max
    }

    private func evict(from clock: inout Clock, for byteCount: Int) -> [OriginalsChunk] {
        var evicted: [OriginalsChunk] = []
        while !clock.chunks.isEmpty, !fits(clock, byteCount) {
            if clock.hand >= clock.chunks.count { clock.hand = 0 }
            let chunk = clock.chunks[clock.hand]
            if chunk.wasRead.exchange(false, ordering: .relaxed) {
                clock.hand += 1
            } else {
                Self.remove(chunk, from: &clock)
                evicted.append(chunk)
            }
        }
        clock.evictions += evicted.count
        return evicted
    }

    /// The last one takes its place.
    private static func remove(_ chunk: OriginalsChunk, from clock: inout Clock) {
        guard let place = chunk.place, let last = clock.chunks.popLast() else { return }
        if last !== chunk {
            clock.chunks[place] = last
            last.place = place
        }
        chunk.place = nil
        clock.cachedBytes -= chunk.byteCount
    }
}
