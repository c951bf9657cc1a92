import Foundation
import GRDB
import Knowledge

/// A segment in the tables: a header, and its parts.
enum SegmentRow {
    /// Writes a segment; returns its id.
    static func insert(
        _ segment: SegmentBytes, tenant: Int64, encoder: EncoderIdentity, in db: Database
    ) throws -> Int64 {
        try db.cachedStatement(sql: "INSERT INTO segment(tenant, encoder, header) VALUES (?, ?, ?)")
            .execute(arguments: [tenant, encoder.fingerprint, Data(segment.header)])
        let id = db.lastInsertedRowID
        let insertPart = try db.cachedStatement(sql: "INSERT INTO segment_part(key, data) VALUES (?, ?)")
        try insertPart.execute(arguments: [SegmentPart.codes.key(segment: id), Data(segment.codes)])
        for (chunk, bytes) in segment.originals.enumerated() {
            try insertPart.execute(arguments: [SegmentPart.originals(chunk: chunk).key(segment: id), Data(bytes)])
        }
        return id
    }

    static func delete(_ id: Int64, in db: Database) throws {
        let keys = SegmentPart.keys(segment: id)
        try db.cachedStatement(sql: "DELETE FROM segment_part WHERE key >= ? AND key < ?")
            .execute(arguments: [keys.lowerBound, keys.upperBound])
        try db.cachedStatement(sql: "DELETE FROM segment WHERE id = ?").execute(arguments: [id])
    }

    /// Writes a part that is derived, in place of an older one.
    static func save(_ bytes: [UInt8], key: Int64, in db: Database) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO segment_part(key, data) VALUES (?, ?)")
            .execute(arguments: [key, Data(bytes)])
    }

    /// Whether a segment is there: one that was deleted meanwhile gets no part.
    static func exists(_ id: Int64, in db: Database) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS(SELECT 1 FROM segment WHERE id = ?)"), arguments: [id]) ?? false
    }

    /// Hands the part's bytes to `body` without copying them once more; `nil` when it is not there.
    static func withPart<Result>(
        _ part: SegmentPart, of id: Int64, in db: Database, _ body: (UnsafeRawBufferPointer?) throws -> Result
    ) throws -> Result {
        try withPart(key: part.key(segment: id), in: db, body)
    }

    static func withPart<Result>(
        key: Int64, in db: Database, _ body: (UnsafeRawBufferPointer?) throws -> Result
    ) throws -> Result {
        let statement = try db.cachedStatement(sql: "SELECT data FROM segment_part WHERE key = ?")
        let rows = try Row.fetchCursor(statement, arguments: [key])
        guard let row = try rows.next() else { return try body(nil) }
        return try row.withUnsafeData(atIndex: 0) { data in
            guard let data else { return try body(nil) }
            return try data.withUnsafeBytes { try body($0) }
        }
    }
}
