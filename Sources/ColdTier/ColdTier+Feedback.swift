public import Knowledge
import Synchronization

/// Votes on items, and the hourly change that they come to.
extension ColdTier {
    /// Items read at once, and changed in one transaction: writes wait some 20 ms for it.
    private static let settlementStep = 256
    /// Of a caller's name; two that begin with the same so many bytes have one vote.
    private static let maximumCallerBytes = 255

    /// Counts the caller's vote on an item, in place of an earlier one of theirs; `settleFeedback` makes a quality of it.
    ///
    /// - Returns: false when the tenant has no such item.
    public func vote(
        isHelpful: Bool, on id: ItemID, tenant: Tenant, caller: String
    ) async throws(ColdError) -> Bool {
        let caller = String(decoding: caller.utf8.prefix(Self.maximumCallerBytes), as: UTF8.self)
        let outcomes = try await write([.vote(id: id, tenant: tenant, caller: caller, isHelpful: isHelpful)])
        guard case .voted = outcomes.first else { return false }
        (isHelpful ? counters.helpfulVotes : counters.unhelpfulVotes).add()
        return true
    }

    /// Brings the quality of every item that has votes to what these come to at a time.
    ///
    /// Each quality that moved is a change of its own, as a write of the item would be. Called again at the same time it
    /// changes nothing; after an error, what was done before it stays.
    ///
    /// - Returns: how many moved.
    @discardableResult
    public func settleFeedback(at now: Timestamp) async throws(ColdError) -> Int {
        var moved = 0
        var last = ItemID(0)
        while true {
            let after = last
            let items = try await read { db in
                try VotedItem.load(after: after, limit: Self.settlementStep, in: db)
            }
            guard let end = items.last?.id else { return moved }
            for case .settled in try await write(items.compactMap { $0.settlement(at: now) }) {
                moved += 1
                counters.settledItems.add()
            }
            last = end
        }
    }
}
