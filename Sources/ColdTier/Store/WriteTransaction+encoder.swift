import GRDB
import Knowledge

/// Vectors by the encoder that the store is to flip to.
extension WriteTransaction {
    /// Alters no answer, so it is no change of the log. What replaces the item's own vector deletes it again.
    mutating func prepare(
        _ vector: [Float], by coming: EncoderIdentity, of id: ItemID, tenant: Tenant, version: Int
    ) throws -> ItemOutcome {
        guard let ordinal = try ordinal(of: tenant, inserting: false),
            let row = try ItemRow.load(id: id.rawValue, tenant: ordinal, in: db)
        else { return .notFound }
        guard row.version == version else { return .versionConflict(current: row.version) }
        // Of the store's own encoder a row would be taken for the item's vector.
        guard coming.fingerprint != encoder?.fingerprint else {
            return try readable(row, of: tenant).map { .unchanged($0) } ?? .notFound
        }
        try VectorRow.prepare(vector, item: id.rawValue, tenant: ordinal, encoder: coming.fingerprint, in: db)
        return .vectorSet(id)
    }
}
