import Foundation
import GRDB
import Knowledge

/// The original of an item's vector before it is in a segment: f32 little-endian, with a checksum of its own.
///
/// The checksum (FNV-1a, 64 bits, over item, encoder and components) is kept apart from SQLite's pages, so that a
/// vector that was damaged, or that belongs to another item, is never taken for the item's.
enum VectorRow {
    /// Writes the item's vector; those that it had go, by whatever encoder.
    static func save(_ vector: [Float], item: Int64, tenant: Int64, encoder: String, in db: Database) throws {
        try delete(item: item, in: db)
        try prepare(vector, item: item, tenant: tenant, encoder: encoder, in: db)
    }

    /// Writes a vector of the item beside those of other encoders.
    static func prepare(_ vector: [Float], item: Int64, tenant: Int64, encoder: String, in db: Database) throws {
        let data = encode(vector)
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO vector(item, tenant, checksum, encoder, data) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT(item, encoder) DO UPDATE SET checksum = excluded.checksum, data = excluded.data
                """)
        try statement.execute(
            arguments: [item, tenant, checksum(of: data, item: item, encoder: encoder), encoder, data])
    }

    /// Deletes those of all encoders.
    static func delete(item: Int64, in db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM vector WHERE item = ?").execute(arguments: [item])
    }

    /// Deletes it if it is still the vector that a change wrote.
    static func delete(item: Int64, encoder: String, writtenBy sequence: Int64, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                DELETE FROM vector
                WHERE item = ?1 AND encoder = ?2 AND (SELECT vector_seq FROM item WHERE id = ?1) = ?3
                """)
        try statement.execute(arguments: [item, encoder, sequence])
    }

    enum Loaded {
        case vector([Float])
        case damaged
    }

    static func decode(
        _ data: Data, checksum stored: Int64, item: Int64, encoder: EncoderIdentity
    ) -> Loaded {
        guard checksum(of: data, item: item, encoder: encoder.fingerprint) == stored,
            data.count == encoder.dimension * 4
        else { return .damaged }
        return .vector(decode(data))
    }

    private static func encode(_ vector: [Float]) -> Data {
        var data = Data(capacity: vector.count * 4)
        for component in vector {
            withUnsafeBytes(of: component.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
        return data
    }

    private static func decode(_ data: Data) -> [Float] {
        data.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { index in
                let bits = bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
                return Float(bitPattern: UInt32(littleEndian: bits))
            }
        }
    }

    private static func checksum(of data: Data, item: Int64, encoder: String) -> Int64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        }
        withUnsafeBytes(of: item.littleEndian) { add($0) }
        add(encoder.utf8)
        data.withUnsafeBytes { add($0) }
        return Int64(bitPattern: hash)
    }
}
