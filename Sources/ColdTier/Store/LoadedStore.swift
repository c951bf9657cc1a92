import Foundation
import GRDB
import Knowledge

/// What is read of the file at the start: identity, tenants, and the vector index of each.
///
/// One rule covers segments that are whole, outdated, damaged or missing: a row of a segment counts if the item's
/// current vector was written by the same change; every item that no segment covers has its original read. So
/// any loss of segments costs time only.
struct LoadedStore {
    let storeID: String
    let fingerprintSecret: [UInt8]
    private(set) var state = PublishedState()
    private(set) var indices: [String: TenantIndex] = [:]
    private(set) var segments = SegmentStore.Contents()
    private(set) var warnings: [String] = []

    /// Originals put into the index at a time.
    private static let originalsChunk = 1_024

    private let exactLimit: Int

    init(_ db: Database, _ configuration: ColdTierConfiguration, encoder: EncoderIdentity?) throws {
        guard let id = try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'store_id'"),
            let secret = try Data.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'fingerprint_secret'")
        else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the store has no identity") }
        exactLimit = configuration.exactScanItems
        storeID = id
        fingerprintSecret = Array(secret)
        state.encoder = encoder
        state.changeNumber = try WriteTransaction.lastSequence(db)
        let tenants = try TenantRow.loadAll(in: db)
        for tenant in tenants {
            state.tenants[tenant.name] = .init(items: tenant.items, epoch: tenant.epoch)
        }
        guard let encoder else { return }
        var vectorSequences = try Self.vectorSequences(db)
        segments.obsolete = try Int64.fetchAll(
            db, sql: "SELECT id FROM segment WHERE encoder <> ?", arguments: [encoder.fingerprint])
        for row in tenants {
            guard let tenant = Tenant(row.name) else { continue }
            let sequences = vectorSequences.removeValue(forKey: row.ordinal) ?? [:]
            try loadIndex(of: tenant, ordinal: row.ordinal, sequences, encoder, db)
        }
    }

    /// Tenant → item → the change that wrote its vector.
    private static func vectorSequences(_ db: Database) throws -> [Int64: [Int64: Int64]] {
        var sequences: [Int64: [Int64: Int64]] = [:]
        let rows = try Row.fetchCursor(
            db, sql: "SELECT tenant, id, vector_seq FROM item WHERE vector_seq > 0 ORDER BY id")
        while let row = try rows.next() { sequences[row[0], default: [:]][row[1]] = row[2] }
        return sequences
    }

    private mutating func loadIndex(
        of tenant: Tenant, ordinal: Int64, _ sequences: [Int64: Int64], _ encoder: EncoderIdentity, _ db: Database
    ) throws {
        let blocks = try loadBlocks(of: tenant, ordinal: ordinal, encoder, db)
        guard !sequences.isEmpty else { return segments.obsolete += blocks.map(\.row) }
        for (serial, block) in blocks.enumerated() {
            segments.rows[tenant.name, default: [:]][serial] = block.row
        }
        let changeNumber = ChangeNumber(state.changeNumber)
        let index = try TenantIndex(
            tenant: tenant, encoder: encoder, blocks: blocks.map(\.block), at: changeNumber,
            exactLimit: exactLimit
        ) { id, sequence in sequences[id.rawValue] == sequence.rawValue }
        let covered = index.snapshot
        var changes: [VectorChange] = []
        for (item, sequence) in sequences.sorted(by: { $0.key < $1.key }) where !covered.contains(ItemID(item)) {
            switch try VectorRow.load(item: item, encoder: encoder.fingerprint, dimension: encoder.dimension, in: db) {
            case .vector(let vector):
                changes.append(.put(ItemID(item), vector: vector, at: ChangeNumber(sequence)))
            case .absent: break
            case .damaged: state.damagedVectors += 1
            }
            if changes.count == Self.originalsChunk {
                try index.apply(changes, at: changeNumber)
                changes.removeAll(keepingCapacity: true)
            }
        }
        try index.apply(changes, at: changeNumber)
        if state.damagedVectors > 0 {
            warnings.append(
                "\(state.damagedVectors) vectors are damaged: their items are found by words until embedded")
        }
        indices[tenant.name] = index
        state.tenants[tenant.name]?.index = index.snapshot
    }

    private mutating func loadBlocks(
        of tenant: Tenant, ordinal: Int64, _ encoder: EncoderIdentity, _ db: Database
    ) throws -> [(block: FlatBlock, row: Int64)] {
        var blocks: [(block: FlatBlock, row: Int64)] = []
        let rows = try Row.fetchCursor(
            db, sql: "SELECT id, data FROM segment WHERE tenant = ? AND encoder = ? ORDER BY id",
            arguments: [ordinal, encoder.fingerprint])
        while let row = try rows.next() {
            let id: Int64 = row[0]
            do {
                let block = try row.withUnsafeData(atIndex: 1) { data in
                    try SegmentCodec.decode(Array(data ?? Data()), tenant: tenant, encoder: encoder)
                }
                blocks.append((block, id))
            } catch {
                segments.obsolete.append(id)
                warnings.append("segment \(id) of \(tenant) is rebuilt from the originals: \(error)")
            }
        }
        return blocks
    }
}
