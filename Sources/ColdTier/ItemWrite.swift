public import Knowledge

/// One change to the knowledge.
///
/// Vectors are unit vectors of the store's encoder; without one an item is found by its words until it gets one.
public enum ItemWrite: Sendable {
    /// Creates the item, or replaces the tenant's item of the same issue. With `skipUnchanged`, content equal to
    /// what is stored is left alone (a missing vector is still set).
    case put(tenant: Tenant, content: ItemContent, vector: [Float]?, skipUnchanged: Bool)
    case update(id: ItemID, tenant: Tenant, content: ItemContent, vector: [Float]?, expectedVersion: Int?)
    case delete(id: ItemID, tenant: Tenant, expectedVersion: Int?)
    /// Gives the item of exactly this version its vector; the version stays.
    case setVector(id: ItemID, tenant: Tenant, version: Int, vector: [Float])
    /// Keeps a vector of the item of exactly this version by an encoder that the store is to flip to. No change of the
    /// knowledge: nothing is found by it yet.
    case prepareVector(id: ItemID, tenant: Tenant, version: Int, vector: [Float], encoder: EncoderIdentity)
    /// Counts a caller's vote on the item, in place of an earlier one of theirs. No change of the knowledge.
    case vote(id: ItemID, tenant: Tenant, caller: String, isHelpful: Bool)
    /// Gives the item the quality that its votes come to, −1…1, and forgets votes from before `votesSince`.
    case settle(id: ItemID, tenant: Tenant, quality: Double, votesSince: Timestamp)

    /// By the store's encoder.
    var vector: [Float]? {
        switch self {
        case .put(_, _, let vector, _), .update(_, _, _, let vector, _): vector
        case .setVector(_, _, _, let vector): vector
        case .delete, .prepareVector, .vote, .settle: nil
        }
    }

    private var preparedVector: [Float]? {
        if case .prepareVector(_, _, _, let vector, _) = self { vector } else { nil }
    }

    /// Approximate bytes held while it waits.
    var byteCount: Int {
        256 + ((vector ?? preparedVector)?.count ?? 0) * 4
            + (content.map { $0.issue.utf8.count + $0.resolution.utf8.count } ?? 0)
    }
}

/// What became of one `ItemWrite`.
public enum ItemOutcome: Sendable, Hashable {
    case created(KnowledgeItem)
    /// The item as it is now; its version went up by one.
    case replaced(KnowledgeItem)
    /// Nothing of the content, or of the quality, changed.
    case unchanged(KnowledgeItem)
    case vectorSet(ItemID)
    case deleted(ItemID)
    case voted(ItemID)
    /// Its quality is another now.
    case settled(ItemID)
    /// The tenant has no such item.
    case notFound
    /// The item has another version than expected.
    case versionConflict(current: Int)
    /// Another item of the tenant has this issue.
    case issueTaken(by: ItemID)
}
