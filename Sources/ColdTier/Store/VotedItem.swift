import GRDB
import Knowledge

/// An item that has votes, as feedback finds it when it is settled.
struct VotedItem {
    /// Votes kept of one item; the oldest goes. More would move its quality by less than votes differ.
    static let maximumVotes = 1_000

    let id: ItemID
    let tenant: Tenant
    /// As it was last settled.
    let quality: Double
    let votes: [ItemQuality.Vote]

    /// The next items that have votes, by id.
    static func load(after last: ItemID, limit: Int, in db: Database) throws -> [VotedItem] {
        let ids = try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT DISTINCT item FROM vote WHERE item > ? ORDER BY item LIMIT ?"),
            arguments: [last.rawValue, limit])
        let item = try db.cachedStatement(
            sql: "SELECT t.name, i.quality FROM item i JOIN tenant t ON t.ordinal = i.tenant WHERE i.id = ?")
        let votes = try db.cachedStatement(sql: "SELECT helpful, at FROM vote WHERE item = ?")
        return try ids.compactMap { id in
            guard let row = try Row.fetchOne(item, arguments: [id]), let tenant = Tenant(row[0] as String) else {
                return nil
            }
            return VotedItem(
                id: ItemID(id), tenant: tenant, quality: row[1],
                votes: try Row.fetchAll(votes, arguments: [id]).map {
                    ItemQuality.Vote(isHelpful: $0[0], at: Timestamp(milliseconds: $0[1]))
                })
        }
    }

    /// What its votes come to now, where that is worth a write.
    func settlement(at now: Timestamp) -> ItemWrite? {
        let oldest = now.adding(milliseconds: -ItemQuality.voteLifetimeMilliseconds)
        let current = ItemQuality.quality(of: votes, at: now)
        let moves = abs(current - quality) >= ItemQuality.leastMove || (current == 0 && quality != 0)
        guard moves || votes.contains(where: { $0.at < oldest }) else { return nil }
        return .settle(id: id, tenant: tenant, quality: moves ? current : quality, votesSince: oldest)
    }
}
