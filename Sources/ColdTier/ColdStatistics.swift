/// A look at the store's numbers, all from memory but the size of its file.
public struct ColdStatistics: Sendable, Hashable {
    public var items = 0
    /// Items found by their words alone: written without a vector, by another encoder, or damaged.
    public var itemsWithoutVector = 0
    /// Originals whose checksum was wrong when they were read since the start.
    public var damagedVectors = 0
    /// Database and write-ahead log.
    public var fileBytes = 0
    public var segments = 0
    /// Rows of blocks, and so of segments, whose vectors are replaced or deleted: space that compaction gives back.
    public var deadVectors = 0
    /// Items deleted since rows were last rewritten, as of the last maintenance: pages that they shared are half empty.
    public var deadItems = 0
    /// The share of them in all items that were written, 0…1.
    public var deadShare: Double { RowCompaction.deadShare(dead: deadItems, items: items) }
    /// Bytes of the database that hold nothing, as of the last maintenance.
    public var freeBytes = 0
    /// Bytes of the vector indices in memory: codes, sign codes and originals.
    public var indexBytes = 0
    /// Those of sign codes.
    public var signBytes = 0
    /// Those of originals.
    public var originals = OriginalsCache.Statistics()
    public var searches = 0
    /// Searches whose first pass was another's too, which came at the same time.
    public var sharedSearches: UInt64 = 0
    /// Items written, deleted, voted on, or given a vector or a quality.
    public var writes = 0
    public var helpfulVotes: UInt64 = 0
    public var unhelpfulVotes: UInt64 = 0
    /// Items whose quality feedback has moved.
    public var settledItems: UInt64 = 0
    /// Texts not handed out since the start, because they are damaged or do not open.
    public var refusedTexts: UInt64 = 0
    public var transactions = 0
}

/// What a probe of the store found.
public struct ColdHealth: Sendable, Hashable {
    /// A row was read from the file just now.
    public var isReadable: Bool
    /// The last write succeeded, or one was tried just now and did.
    public var isWritable: Bool
    /// What the operator should know when one of them is false.
    public var problem: ColdError?
    public var milliseconds: Double
}
