public import ColdTier
public import Knowledge
import Logging
public import Sealing

/// A store in a folder, with an encoder of few dimensions that `SyntheticVector` stands in for.
public enum ColdFixture {
    public static let dimension = 16

    public static func encoder(_ fingerprint: String = "0123456789abcdef", dimension: Int = dimension)
        -> EncoderIdentity
    {
        EncoderIdentity(name: "synthetic", fingerprint: fingerprint, dimension: dimension)
    }

    public static func open(
        _ directory: String, encoder: EncoderIdentity? = encoder(), timeSource: TimeSource = .system,
        concurrentSearches: Int = 4, maximumPendingSearches: Int = 256,
        blockRowCount: Int = FlatBlock.maximumRowCount, exactScanItems: Int = TenantIndex.defaultExactLimit,
        indexMemoryBytes: Int? = nil, scanSharing: ScanSharing = ScanSharing(), keyRing: KeyRing? = nil,
        dictionaryItems: Int? = nil
    ) async throws(ColdError) -> ColdTier {
        var configuration = ColdTierConfiguration(
            directory: directory, encoder: encoder, timeSource: timeSource,
            logger: Logger(label: "cold") { _ in SwiftLogNoOpLogHandler() },
            concurrentSearches: concurrentSearches, maximumPendingSearches: maximumPendingSearches,
            exactScanItems: exactScanItems, indexMemoryBytes: indexMemoryBytes, keyRing: keyRing)
        configuration.blockRowCount = blockRowCount
        configuration.scanSharing = scanSharing
        if let dictionaryItems { configuration.dictionaryItems = dictionaryItems }
        return try await ColdTier.open(configuration)
    }

    /// The ring of a key of one byte repeated, and of older ones.
    public static func ring(_ key: UInt8, old: UInt8...) -> KeyRing? {
        func made(_ byte: UInt8) -> SealingKey? {
            SealingKey(bytes: Array(repeating: byte, count: SealingKey.byteCount))
        }
        return made(key).map { KeyRing(current: $0, old: old.compactMap { made($0) }) }
    }

    public static func put(
        _ issue: String, _ resolution: String = "restart it", category: String? = nil, tags: [String] = [],
        tenant: Tenant = .default, embedded: Bool = true, skipUnchanged: Bool = false, dimension: Int = dimension
    ) throws -> ItemWrite {
        .put(
            tenant: tenant,
            content: try ItemContent(issue: issue, resolution: resolution, category: category, tags: tags),
            vector: embedded ? SyntheticVector.of(issue, dimension: dimension) : nil, skipUnchanged: skipUnchanged)
    }
}

extension ColdTier {
    /// Gives every item that has no vector the one of its issue, as the server does in the background.
    public func embedMissing() async throws {
        while case let missing = try await itemsWithoutVector(limit: 1_000), !missing.isEmpty {
            _ = try await write(
                missing.map {
                    .setVector(
                        id: $0.id, tenant: $0.tenant, version: $0.version,
                        vector: SyntheticVector.of($0.content.issue, dimension: ColdFixture.dimension))
                })
        }
    }

    public func put(_ write: ItemWrite) async throws -> KnowledgeItem {
        switch try await self.write([write]).first {
        case .created(let item), .replaced(let item), .unchanged(let item): return item
        case let outcome: throw UnexpectedOutcome(outcome: outcome)
        }
    }

    /// Gives an item a quality, as votes would.
    public func settle(_ id: ItemID, _ quality: Double, tenant: Tenant = .default) async throws(ColdError) {
        let start = Timestamp(milliseconds: 0)
        _ = try await write([.settle(id: id, tenant: tenant, quality: quality, votesSince: start)])
    }

    public func find(
        _ text: String, tenant: Tenant = .default, strategy: SearchStrategy, topK: Int = 5, category: String? = nil,
        tags: [String] = [], minScore: Double? = nil, dimension: Int = ColdFixture.dimension
    ) async throws(ColdError) -> ColdAnswer {
        try await search(
            ColdSearch(
                tenant: tenant, text: text.foldedQuestion(),
                vector: strategy == .lexical ? nil : SyntheticVector.of(text, dimension: dimension), topK: topK,
                category: category, tags: tags, minScore: minScore, strategy: strategy))
    }
}
