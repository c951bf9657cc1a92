import GRDB
import Knowledge

/// The vectors that one transaction gives its items, of which the last of each item counts.
///
/// At its end they become rows of `vector` or, where a tenant has half a block of them, segments at once: a bulk import
/// writes no vector twice.
struct NewVectors {
    /// Rows of a block at most.
    let blockRowCount: Int
    /// Fewer would make blocks that compaction merges.
    private var smallestSegment: Int { max(1, blockRowCount / 2) }

    struct Entry {
        let tenant: Tenant
        let ordinal: Int64
        let sequence: Int64
        let vector: [Float]
        /// The item was made by this transaction: no older vector of it can be anywhere.
        let isFirst: Bool
    }

    /// What the index is to learn once the transaction is committed.
    struct Written {
        var changes: [VectorChange] = []
        var segments: [WrittenSegment] = []
    }

    private var entries: [ItemID: Entry] = [:]
    /// Items that have lost their vectors on the way, by tenant.
    private var removed: [String: [ItemID]] = [:]

    init(blockRowCount: Int) {
        self.blockRowCount = blockRowCount
    }

    func contains(_ item: ItemID) -> Bool { entries[item] != nil }
    func vector(of item: ItemID) -> [Float]? { entries[item]?.vector }

    mutating func put(_ entry: Entry, of item: ItemID) { entries[item] = entry }

    mutating func remove(_ item: ItemID, of tenant: Tenant) {
        entries[item] = nil
        removed[tenant.name, default: []].append(item)
    }

    /// Writes them all; returns what each tenant's index is to learn.
    func write(encoder: EncoderIdentity?, in db: Database) throws -> [String: Written] {
        var written = removed.mapValues { Written(changes: $0.map { .remove($0) }) }
        guard let encoder else { return written }
        let byTenant = Dictionary(grouping: entries) { $0.value.tenant.name }
        for (name, entries) in byTenant {
            let entries = entries.sorted { $0.value.sequence < $1.value.sequence }
            if entries.count < smallestSegment {
                for (item, entry) in entries {
                    try VectorRow.save(
                        entry.vector, item: item.rawValue, tenant: entry.ordinal, encoder: encoder.fingerprint, in: db)
                    written[name, default: Written()].changes.append(
                        .put(item, vector: entry.vector, at: ChangeNumber(entry.sequence)))
                }
                continue
            }
            let blockCount = (entries.count + blockRowCount - 1) / blockRowCount
            for number in 0..<blockCount {
                let part = entries[entries.count * number / blockCount..<entries.count * (number + 1) / blockCount]
                let segment = try Self.writeSegment(part, encoder: encoder, in: db)
                written[name, default: Written()].segments.append(segment)
            }
            for (item, entry) in entries where !entry.isFirst {
                try VectorRow.delete(item: item.rawValue, in: db)
                written[name, default: Written()].changes.append(.remove(item))
            }
        }
        return written
    }

    private static func writeSegment(
        _ entries: ArraySlice<(key: ItemID, value: Entry)>, encoder: EncoderIdentity, in db: Database
    ) throws -> WrittenSegment {
        guard let first = entries.first?.value else { throw DatabaseError(message: "a segment of no rows") }
        let block = try FlatBlock(
            rows: entries.map { ($0.key, ChangeNumber($0.value.sequence), $0.value.vector) },
            dimension: encoder.dimension)
        let segment = SegmentCodec.encode(block, tenant: first.tenant, encoder: encoder)
        let id = try SegmentRow.insert(segment, tenant: first.ordinal, encoder: encoder, in: db)
        return WrittenSegment(id: id, block: block, bytes: segment)
    }
}
