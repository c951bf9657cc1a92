public import Knowledge
import Synchronization

/// What the ledger knows of a question when it is asked.
public struct AccessRecord: Sendable, Hashable {
    /// Times asked, this time included, older ones faded by aging.
    public let count: Int
    /// When it was asked before this time.
    public let previousAccess: Timestamp?
    /// Quality of its last known answer, 0…1.
    public let quality: Double?

    public init(count: Int, previousAccess: Timestamp?, quality: Double?) {
        self.count = count
        self.previousAccess = previousAccess
        self.quality = quality
    }
}

/// Remembers how often and when each question was asked, in bounded memory. Any thread.
///
/// Two things keep it honest over weeks: a count is halved for each `agingHalfLifeMilliseconds` that passed
/// since the question was last asked, so yesterday's favourite must earn its place again; and beyond
/// `capacity` questions the one asked longest ago is forgotten. Fingerprints contain the tenant, so no
/// tenant sees another's counts.
public final class AccessLedger: Sendable {
    /// About 100 bytes each, so 13 MB; some ten times the default capacities of hot and warm together.
    public static let defaultCapacity = 131_072
    public static let agingHalfLifeMilliseconds: Int64 = 3_600_000
    /// A power of two. Enough that two cores rarely meet at one lock.
    private static let shardCount = 8

    private struct Entry: Sendable {
        var count: Int32
        var lastAccess: Timestamp
        var quality: Float?
    }

    private final class Shard: Sendable {
        let entries = Mutex(RecencyTable<Fingerprint, Entry>())
    }

    private let shards: [Shard]
    private let shardCapacity: Int

    public init(capacity: Int = AccessLedger.defaultCapacity) {
        shards = (0..<Self.shardCount).map { _ in Shard() }
        shardCapacity = max(1, capacity / Self.shardCount)
    }

    /// Counts one asking of the question at `now`.
    public func record(_ fingerprint: Fingerprint, at now: Timestamp) -> AccessRecord {
        shard(of: fingerprint).entries.withLock { entries in
            if let record = entries.use(fingerprint, { Self.recordAccess(&$0, at: now) }) { return record }
            entries.insert(fingerprint, Entry(count: 1, lastAccess: now, quality: nil))
            if entries.count > shardCapacity { _ = entries.removeLeastRecent() }
            return AccessRecord(count: 1, previousAccess: nil, quality: nil)
        }
    }

    /// Keeps the quality of the answer that the question got, for the next decision about it.
    public func note(quality: Double, of fingerprint: Fingerprint) {
        _ = shard(of: fingerprint).entries.withLock { $0.use(fingerprint) { $0.quality = Float(quality) } }
    }

    /// Questions remembered.
    public var count: Int {
        shards.reduce(0) { $0 + $1.entries.withLock { $0.count } }
    }

    private static func recordAccess(_ entry: inout Entry, at now: Timestamp) -> AccessRecord {
        let previous = entry.lastAccess
        let halvings = max(0, now.milliseconds(since: previous)) / agingHalfLifeMilliseconds
        let faded = halvings >= 31 ? 0 : entry.count >> Int32(halvings)
        entry.count = faded == .max ? faded : faded + 1
        entry.lastAccess = max(previous, now)
        return AccessRecord(
            count: Int(entry.count), previousAccess: previous, quality: entry.quality.map(Double.init))
    }

    private func shard(of fingerprint: Fingerprint) -> Shard {
        shards[Int(truncatingIfNeeded: fingerprint.high) & (Self.shardCount - 1)]
    }
}
