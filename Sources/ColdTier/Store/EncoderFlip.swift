import GRDB
import Knowledge

/// The transaction that makes the vectors prepared by another encoder the items' own.
///
/// Each item's vector is another, and so written by a change of its own: rows of segments written before count no more, and
/// no answer from before stands. An item that has none prepared is left without.
enum EncoderFlip {
    static func missingCount(_ encoder: String, in db: Database) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM item
                WHERE NOT EXISTS (SELECT 1 FROM vector WHERE vector.item = item.id AND vector.encoder = ?)
                """, arguments: [encoder]) ?? 0
    }

    /// Touches every item once.
    static func make(_ encoder: StoredEncoder, at now: Timestamp, in db: Database) throws {
        let start = try WriteTransaction.lastSequence(db)
        try db.execute(sql: "DELETE FROM vector WHERE encoder <> ?", arguments: [encoder.fingerprint])
        try db.execute(sql: "UPDATE item SET vector_seq = 0 WHERE id NOT IN (SELECT item FROM vector)")
        try db.execute(
            sql: """
                UPDATE item SET vector_seq = ? + numbered.number
                FROM (SELECT item, row_number() OVER (ORDER BY item) AS number FROM vector) AS numbered
                WHERE item.id = numbered.item
                """, arguments: [start])
        let count = try Int64.fetchOne(db, sql: "SELECT count(*) FROM vector") ?? 0
        // Of a long row of changes the log keeps the last, as it does of any.
        let oldest = start + count - Schema.keptChanges
        try db.execute(
            sql: """
                INSERT INTO change(seq, tenant, item, kind, version, at)
                SELECT vector_seq, tenant, id, ?, version, ? FROM item WHERE vector_seq > ? ORDER BY vector_seq
                """,
            arguments: [Schema.ChangeKind.vector.rawValue, now.milliseconds, max(start, oldest)])
        try db.execute(sql: "DELETE FROM change WHERE seq <= ?", arguments: [oldest])
        try EncoderRecord.save(encoder, in: db)
    }
}
