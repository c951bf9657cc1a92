public import Knowledge
public import Logging
public import Sealing

/// What a store is opened with.
public struct ColdTierConfiguration: Sendable {
    /// Holds the database and the lock; made (for this user only) when missing.
    public var directory: String
    /// Whose vectors are searched. `nil` while there is no encoder: search is lexical then.
    public var encoder: EncoderIdentity?
    public var timeSource: TimeSource
    public var logger: Logger
    /// Searches running at the same time, each on a connection of its own. More than the cores gains nothing.
    public var concurrentSearches: Int
    /// Searches running or waiting beyond which a search is refused with `ColdError.overloaded`.
    public var maximumPendingSearches: Int
    /// Vectors of a tenant up to which search is exact.
    public var exactScanItems: Int
    /// Bytes that all tenants' originals may take in memory; `nil` for no limit. Those that no segment has yet count, and
    /// stay whatever they take.
    public var indexMemoryBytes: Int?
    /// Seals texts; `nil` for a store that is not sealed. A store that is not yet, or by another key, is sealed anew in the
    /// background.
    public var keyRing: KeyRing?
    /// Items of a tenant from which on a dictionary is made of its texts; fewer in tests.
    package var dictionaryItems = TextRecoding.leastDictionaryItems
    /// Vectors of a block, and so of a segment; smaller in tests.
    package var blockRowCount = FlatBlock.maximumRowCount
    /// When searches share passes over the codes of a large index; other limits in tests.
    package var scanSharing = ScanSharing()

    public init(
        directory: String, encoder: EncoderIdentity?, timeSource: TimeSource = .system, logger: Logger,
        concurrentSearches: Int = 4, maximumPendingSearches: Int = 256,
        exactScanItems: Int = TenantIndex.defaultExactLimit, indexMemoryBytes: Int? = nil, keyRing: KeyRing? = nil
    ) {
        self.keyRing = keyRing
        self.directory = directory
        self.encoder = encoder
        self.timeSource = timeSource
        self.logger = logger
        self.concurrentSearches = max(1, concurrentSearches)
        self.maximumPendingSearches = max(1, maximumPendingSearches)
        self.exactScanItems = max(0, exactScanItems)
        self.indexMemoryBytes = indexMemoryBytes
    }
}
