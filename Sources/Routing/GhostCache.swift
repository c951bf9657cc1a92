public import Knowledge
import Synchronization

/// Tells from the look-ups alone what share of them an LRU cache of any size would hit. Any thread.
///
/// Keys are sampled by their hash (SHARDS: Waldspurger et al., FAST'15): among a share R of the keys, the stack distance
/// is R times that among all, so a small stack stands for a large cache. How well depends on how many sampled keys
/// a size comes to: under Zipf popularity the standard deviation of the hit rate is about 0.15 / √(R · size).
/// One rate low enough for the large sizes, 1 % for a million keys, would be off by 5 points at a size of 1,000.
/// So there is a ladder of rates, 1, 1/4, 1/16 …, each with a stack of the `stackCapacity` sampled keys used last,
/// and each size is read at the highest rate whose stack reaches it: exactly up to `stackCapacity`, and from at
/// least a quarter of as many sampled keys above. Hence the rate begins at 1 and falls as keys come.
/// How the levels are joined is told at `HitRateCurve`.
///
/// The memory is fixed, about 1 MB, however many keys come. The levels hold 9,728 different keys when each is full of
/// what was used last, which is below 1 % of a million. A look-up costs a pass through the first stack (O(log n), some
/// 0.1 µs), and with a chance of one quarter through each following one; one compare of its hash tells how many.
///
/// Old behaviour fades: all counts are halved after each `agingInterval` look-ups, and a stack forgets the keys
/// that were not used for as long as it reaches. Expiry and changes of the knowledge are not modelled: what they cost
/// comes on top.
public final class GhostCache: Sendable {
    /// Keys held at each level.
    package static let stackCapacity = 2_048
    /// The last level reaches two million answers.
    package static let levelCount = 6
    /// A level samples one key in this many of those of the level before.
    package static let levelRatio = 4
    /// Look-ups after which their counts weigh half. The misses among a level's few sampled keys are counted, and chance
    /// moves a count of n by √n: with a quarter as many, errors near 2 points were seen.
    package static let agingInterval = 262_144

    private struct Level: Sendable {
        var stack = GhostStack(capacity: GhostCache.stackCapacity)
        /// Uses by stack distance.
        var hits = [Double](repeating: 0, count: GhostCache.stackCapacity)
        /// Uses of sampled keys, at whatever distance.
        var uses = 0.0

        mutating func use(_ key: UInt64) {
            uses += 1
            if let distance = stack.use(key) { hits[distance] += 1 }
        }

        mutating func age() {
            uses /= 2
            for index in hits.indices { hits[index] /= 2 }
        }
    }

    private struct State: Sendable {
        var levels = [Level](repeating: Level(), count: GhostCache.levelCount)
        var sinceAging = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Counts one look-up.
    ///
    /// - Parameter fingerprint: a hash, evenly spread; the upper bits of its upper half choose the levels.
    public func record(_ fingerprint: Fingerprint) {
        let bitsPerLevel = Self.levelRatio.trailingZeroBitCount
        let levels = min(fingerprint.high.leadingZeroBitCount / bitsPerLevel + 1, Self.levelCount)
        state.withLock { state in
            for level in 0..<levels { state.levels[level].use(fingerprint.low) }
            state.sinceAging += 1
            guard state.sinceAging == Self.agingInterval else { return }
            for level in state.levels.indices { state.levels[level].age() }
            state.sinceAging = 0
        }
    }

    /// What the look-ups so far tell.
    public func curve() -> HitRateCurve {
        // The arrays are shared until the next look-up; the sums are made outside the lock.
        let levels = state.withLock { $0.levels }
        // A level says nothing new until the one before has had more keys than it holds.
        let used = levels.prefix(1 + levels.prefix { $0.stack.hasForgotten }.count)
        return HitRateCurve(
            levels: used.enumerated().map { index, level in
                HitRateCurve.Level(scale: Self.scale(ofLevel: index), hits: level.hits, uses: level.uses)
            },
            // A key may be held by several levels.
            sampledKeys: Set(used.flatMap(\.stack.keys)).count)
    }

    /// The share of look-ups that an LRU cache of each of these sizes would hit, 0…1.
    public func curve(sizes: [Int]) -> [Double] {
        sizes.map(curve().hitRate)
    }

    private static func scale(ofLevel level: Int) -> Int { (0..<level).reduce(1) { scale, _ in scale * levelRatio } }
}
