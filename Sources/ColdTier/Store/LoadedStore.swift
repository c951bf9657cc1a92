import Foundation
import GRDB
import Knowledge

/// What is read of the file at the start: tenants, and the vector index of each, without its originals.
///
/// One rule covers segments that are whole, outdated, damaged or missing: a row of a segment counts if the item's
/// current vector was written by the same change; every item that no segment covers has its row of `vector` read.
struct LoadedStore {
    private(set) var state = PublishedState()
    private(set) var indices: [String: TenantIndex] = [:]
    private(set) var segments = SegmentStore.Contents()
    private(set) var warnings: [String] = []
    /// Bulk writes were broken off before their end.
    private(set) var hasDueEpochs = false
    private let originals: OriginalsReader
    private let cache: OriginalsCache
    private let blockRowCount: Int
    /// Tenant → item → change, of vectors that no segment has.
    private var missing: [Int64: [Int64: Int64]] = [:]

    /// Rows of `vector` put into the indices at a time.
    private static let vectorChunk = 1_024

    private let exactLimit: Int
    private let sharing: ScanSharing

    init(
        _ configuration: ColdTierConfiguration, encoder: EncoderIdentity?, originals: OriginalsReader,
        cache: OriginalsCache, _ db: Database
    ) throws {
        exactLimit = configuration.exactScanItems
        sharing = configuration.scanSharing
        self.originals = originals
        self.cache = cache
        blockRowCount = configuration.blockRowCount
        state.encoder = encoder
        state.changeNumber = try WriteTransaction.lastSequence(db)
        let tenants = try TenantRow.loadAll(in: db)
        for tenant in tenants {
            state.tenants[tenant.name] = .init(items: tenant.items, epoch: tenant.epoch)
            hasDueEpochs = hasDueEpochs || tenant.isTurnDue
        }
        guard let encoder else { return }
        for row in tenants {
            guard let tenant = Tenant(row.name) else { continue }
            try loadSegments(of: tenant, ordinal: row.ordinal, encoder, db)
        }
        try loadTails(tenants, encoder, db)
        for (name, index) in indices { state.show(index.snapshot, of: name) }
        if state.damagedVectors > 0 {
            warnings.append(
                "\(state.damagedVectors) vectors are damaged: their items are found by words until embedded")
        }
    }

    // MARK: Segments

    private mutating func loadSegments(
        of tenant: Tenant, ordinal: Int64, _ encoder: EncoderIdentity, _ db: Database
    ) throws {
        var sequences = try VectorSequences.load(tenant: ordinal, in: db)
        let rows = try Row.fetchAll(
            db, sql: "SELECT id, encoder, header FROM segment WHERE tenant = ? ORDER BY id", arguments: [ordinal])
        let clusters =
            rows.isEmpty
            ? nil
            : try SegmentRow.withPart(key: SegmentPart.clustersKey(tenant: ordinal), in: db) { bytes in
                bytes.flatMap { SignClusters($0, encoder: encoder, kernels: .best) }
            }
        segments.clusters[tenant.name] = clusters?.checksum()
        var blocks: [FlatBlock] = []
        for row in rows {
            let (id, header): (Int64, Data) = (row[0], row[2])
            do {
                guard row[1] == encoder.fingerprint else {
                    // Another encoder's vectors stay as long as they are the items': it may come back.
                    if try !isNeeded(header, sequences) { segments.obsolete.append(.init(id: id, block: nil)) }
                    continue
                }
                var decoded = try header.withUnsafeBytes { header in
                    try SegmentRow.withPart(.codes, of: id, in: db) { [originals, cache] codes in
                        try SegmentCodec.decode(
                            header: header, codes: codes, tenant: tenant, encoder: encoder, cache: cache
                        ) { try originals.read(chunk: $0, of: id) }
                    }
                }
                if decoded.hasStoredCodes {
                    let signs = try clusters.flatMap { try Self.loadSigns(&decoded.block, segment: id, $0, db) }
                    segments.rows[tenant.name, default: [:]][blocks.count] = .init(
                        id: id, block: decoded.block, signs: signs)
                } else {
                    segments.obsolete.append(.init(id: id, block: decoded.block))
                    warnings.append(
                        "the codes of segment \(id) of \(tenant) were damaged: made again from the originals")
                }
                blocks.append(decoded.block)
            } catch let error as SegmentError {
                segments.obsolete.append(.init(id: id, block: nil))
                warnings.append("segment \(id) of \(tenant) is lost, its items are embedded again: \(error)")
            }
        }
        guard !sequences.isEmpty else {
            // The order of tenants' blocks is that of their serials: none is kept without the others.
            segments.obsolete += (segments.rows.removeValue(forKey: tenant.name) ?? [:]).values
            return
        }
        indices[tenant.name] = try TenantIndex(
            tenant: tenant, encoder: encoder, blocks: blocks, clusters: clusters, at: ChangeNumber(state.changeNumber),
            rowLimit: blockRowCount, exactLimit: exactLimit, sharing: sharing
        ) { sequences.find($0.rawValue, $1.rawValue) }
        missing[ordinal] = sequences.missing
    }

    /// Returns the centroids' checksum when the codes are there; others are derived later.
    private static func loadSigns(
        _ block: inout FlatBlock, segment id: Int64, _ clusters: SignClusters, _ db: Database
    ) throws -> UInt32? {
        let checksum = clusters.checksum()
        return try SegmentRow.withPart(.signs, of: id, in: db) { bytes in
            let stored = bytes.flatMap {
                SignCodes(
                    $0, segment: id, clusters: checksum, clusterCount: clusters.count, rowCount: block.rowCount,
                    dimension: block.dimension)
            }
            guard let stored else { return nil }
            block.takeSigns(stored)
            return checksum
        }
    }

    private func isNeeded(_ header: Data, _ sequences: VectorSequences) throws -> Bool {
        let header = try header.withUnsafeBytes { try SegmentHeader($0) }
        return sequences.holdsAny(zip(header.ids, header.changeNumbers))
    }

    // MARK: Tails

    private mutating func loadTails(_ tenants: [TenantRow], _ encoder: EncoderIdentity, _ db: Database) throws {
        let names = Dictionary(uniqueKeysWithValues: tenants.map { ($0.ordinal, $0.name) })
        var changes: [String: [VectorChange]] = [:]
        var count = 0
        let rows = try Row.fetchCursor(
            db, sql: "SELECT tenant, item, checksum, data FROM vector WHERE encoder = ? ORDER BY item",
            arguments: [encoder.fingerprint])
        while let row = try rows.next() {
            let (tenant, item): (Int64, Int64) = (row[0], row[1])
            guard let name = names[tenant], let sequence = missing[tenant]?[item] else { continue }
            switch VectorRow.decode(row[3], checksum: row[2], item: item, encoder: encoder) {
            case .vector(let vector):
                changes[name, default: []].append(
                    .put(ItemID(item), vector: vector, at: ChangeNumber(sequence)))
                count += 1
            case .damaged: state.damagedVectors += 1
            }
            guard count == Self.vectorChunk else { continue }
            try apply(changes)
            changes.removeAll()
            count = 0
        }
        try apply(changes)
    }

    private func apply(_ changes: [String: [VectorChange]]) throws {
        for (name, changes) in changes {
            try indices[name]?.apply(changes, at: ChangeNumber(state.changeNumber))
        }
    }
}
