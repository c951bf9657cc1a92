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
        let tenant: TenantMark
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
    public func record(_ fingerprint: Fingerprint, of tenant: Tenant = .default, at now: Timestamp) -> AccessRecord {
        shard(of: fingerprint).entries.withLock { entries in
            if let record = entries.use(fingerprint, { Self.recordAccess(&$0, at: now) }) { return record }
            entries.insert(
                fingerprint, Entry(count: 1, tenant: TenantMark(tenant), lastAccess: now, quality: nil))
            if entries.count > shardCapacity { _ = entries.removeLeastRecent() }
            return AccessRecord(count: 1, previousAccess: nil, quality: nil)
        }
    }

    /// How often a question was asked up to `now`, older times faded; counts as no asking.
    public func count(of fingerprint: Fingerprint, at now: Timestamp) -> Int {
        shard(of: fingerprint).entries.withLock { entries in
            entries.peek(fingerprint).map { Int(Self.faded($0, at: now)) } ?? 0
        }
    }

    /// Keeps the quality of the answer that the question got, for the next decision about it.
    public func note(quality: Double, of fingerprint: Fingerprint) {
        _ = shard(of: fingerprint).entries.withLock { $0.use(fingerprint) { $0.quality = Float(quality) } }
    }

    /// What is remembered of a question, as it is kept over a restart.
    public struct Memory: Sendable, Hashable {
        public let fingerprint: Fingerprint
        public let tenant: TenantMark
        public let count: Int32
        public let lastAccess: Timestamp
        public let quality: Float?

        public init(
            fingerprint: Fingerprint, tenant: TenantMark, count: Int32, lastAccess: Timestamp, quality: Float?
        ) {
            self.fingerprint = fingerprint
            self.tenant = tenant
            self.count = count
            self.lastAccess = lastAccess
            self.quality = quality
        }
    }

    /// The questions asked last, at most `limit`, the one asked the longest ago first.
    public func mostRecent(_ limit: Int) -> [Memory] {
        let recent = shards.flatMap { shard in
            shard.entries.withLock { $0.entries.prefix(limit).map { Self.memory($0.key, $0.value) } }
        }
        .sorted { ($0.lastAccess, $0.fingerprint.low) < ($1.lastAccess, $1.fingerprint.low) }
        return Array(recent.suffix(limit))
    }

    /// A tenant's questions by how often they were asked up to `now`, older ones faded by aging; at most `limit`.
    ///
    /// Looks at every question remembered: for operators, not for a question's way.
    public func mostAsked(_ limit: Int, tenant: Tenant, at now: Timestamp) -> [Memory] {
        let mark = TenantMark(tenant)
        return shards.flatMap { shard in
            shard.entries.withLock { entries in
                entries.entries.filter { $0.value.tenant == mark }
                    .map { (memory: Self.memory($0.key, $0.value), count: Self.faded($0.value, at: now)) }
            }
        }
        .sorted { ($0.count, $0.memory.lastAccess) > ($1.count, $1.memory.lastAccess) }
        .prefix(limit).map(\.memory)
    }

    /// Takes back what was kept, in the order of `mostRecent`; for an empty ledger, before questions come.
    ///
    /// - Parameter now: no last access is later; clocks may have been set back.
    public func restore(_ memories: [Memory], at now: Timestamp) {
        for memory in memories {
            shard(of: memory.fingerprint).entries.withLock { entries in
                entries.insert(
                    memory.fingerprint,
                    Entry(
                        count: memory.count, tenant: memory.tenant, lastAccess: min(memory.lastAccess, now),
                        quality: memory.quality))
                if entries.count > shardCapacity { _ = entries.removeLeastRecent() }
            }
        }
    }

    /// Questions remembered.
    public var count: Int {
        shards.reduce(0) { $0 + $1.entries.withLock { $0.count } }
    }

    private static func recordAccess(_ entry: inout Entry, at now: Timestamp) -> AccessRecord {
        let previous = entry.lastAccess
        let faded = faded(entry, at: now)
        entry.count = faded == .max ? faded : faded + 1
        entry.lastAccess = max(previous, now)
        return AccessRecord(
            count: Int(entry.count), previousAccess: previous, quality: entry.quality.map(Double.init))
    }

    private static func memory(_ fingerprint: Fingerprint, _ entry: Entry) -> Memory {
        Memory(
            fingerprint: fingerprint, tenant: entry.tenant, count: entry.count, lastAccess: entry.lastAccess,
            quality: entry.quality)
    }

    private static func faded(_ entry: Entry, at now: Timestamp) -> Int32 {
        let halvings = max(0, now.milliseconds(since: entry.lastAccess)) / agingHalfLifeMilliseconds
        return halvings >= 31 ? 0 : entry.count >> Int32(halvings)
    }

    private func shard(of fingerprint: Fingerprint) -> Shard {
        shards[Int(truncatingIfNeeded: fingerprint.high) & (Self.shardCount - 1)]
    }
}

/// A hash of a tenant, the same in every process: tells a tenant's questions from others' in four bytes.
///
/// Two tenants may share one by accident. So it may choose what to look at, never what to show.
public struct TenantMark: Sendable, Hashable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public init(_ tenant: Tenant) {
        rawValue = UInt32(truncatingIfNeeded: Footprint.hash(tenant.name) >> 32)
    }
}
