import GRDB
import Knowledge

/// Votes, and what they come to.
extension WriteTransaction {
    /// A vote changes no answer, so it is no change of the log.
    mutating func vote(isHelpful: Bool, on id: ItemID, tenant: Tenant, caller: String) throws -> ItemOutcome {
        guard let ordinal = try ordinal(of: tenant, inserting: false),
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT id FROM item WHERE id = ? AND +tenant = ?"),
                arguments: [id.rawValue, ordinal]) != nil
        else { return .notFound }
        try db.cachedStatement(
            sql: """
                INSERT INTO vote(item, caller, tenant, at, helpful) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT(item, caller) DO UPDATE SET at = excluded.at, helpful = excluded.helpful
                """
        ).execute(
            arguments: StatementArguments([
                id.rawValue.databaseValue, StoredText.value(caller), ordinal.databaseValue,
                now.milliseconds.databaseValue, isHelpful.databaseValue,
            ]))
        try db.cachedStatement(
            sql: """
                DELETE FROM vote WHERE item = ?1 AND caller IN (
                    SELECT caller FROM vote WHERE item = ?1 ORDER BY at DESC, caller LIMIT -1 OFFSET ?2)
                """
        ).execute(arguments: [id.rawValue, VotedItem.maximumVotes])
        return .voted(id)
    }

    mutating func settle(
        _ id: ItemID, tenant: Tenant, quality: Double, votesSince oldest: Timestamp
    ) throws -> ItemOutcome {
        guard let ordinal = try ordinal(of: tenant, inserting: false),
            let row = try ItemRow.load(id: id.rawValue, tenant: ordinal, in: db),
            let item = try readable(row, of: tenant)
        else { return .notFound }
        var vector: [Float]?
        if encoder != nil, row.vectorSequence > 0 {
            // Of a damaged one it cannot be told what the change could reach: it waits until the item is embedded again.
            guard let found = self.vector(of: id, tenant: tenant) else { return .unchanged(item) }
            vector = found
        }
        try db.cachedStatement(sql: "DELETE FROM vote WHERE item = ? AND at < ?")
            .execute(arguments: [id.rawValue, oldest.milliseconds])
        guard quality != row.quality else { return .unchanged(item) }
        try db.cachedStatement(sql: "UPDATE item SET quality = ? WHERE id = ?")
            .execute(arguments: [quality, id.rawValue])
        try log(.quality, id, version: row.version, tenant: ordinal)
        let content = item.content
        note(id, content, quality: quality, terms: content.lexicalTerms, vector, tenant: tenant)
        return .settled(id)
    }
}
