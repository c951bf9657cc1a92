import Foundation
import GRDB
import Knowledge
import Sealing

/// A tenant's dictionary in its table: made of texts, so it is sealed where they are.
///
/// `data` is an envelope as a text's; what it holds raw is a version (1 byte, 1), XXH64 of the dictionary (8 bytes) and the
/// dictionary.
enum DictionaryRow {
    private static let version: UInt8 = 1
    private static let headerByteCount = 9

    /// The last of each tenant, which compresses its new texts.
    struct Newest {
        let id: Int64
        let tenant: Int64
        /// Items that the tenant had when it was made.
        let items: Int
    }

    static func newest(in db: Database) throws -> [Newest] {
        try Row.fetchAll(db, sql: "SELECT max(id), tenant, items FROM text_dictionary GROUP BY tenant").map {
            Newest(id: $0[0], tenant: $0[1], items: $0[2])
        }
    }

    /// Adds one; its number is never used again.
    static func insert(
        _ content: [UInt8], tenant: Int64, name: String, items: Int, keys: StoreKeys, in db: Database
    ) throws -> Int64 {
        try db.execute(
            sql: "INSERT INTO text_dictionary(tenant, items, data) VALUES (?, ?, x'')", arguments: [tenant, items])
        let id = db.lastInsertedRowID
        try save(content, id: id, tenant: name, keys: keys, in: db)
        return id
    }

    static func save(_ content: [UInt8], id: Int64, tenant: String, keys: StoreKeys, in db: Database) throws {
        var raw = [version]
        withUnsafeBytes(of: checksum(of: content).littleEndian) { raw.append(contentsOf: $0) }
        raw += content
        var data = TextEnvelope.raw(raw)
        if let sealer = keys.sealer {
            data = TextEnvelope.sealed(try sealer.seal(data, as: context(id, tenant: tenant, store: keys.store)))
        }
        try db.execute(sql: "UPDATE text_dictionary SET data = ? WHERE id = ?", arguments: [Data(data), id])
    }

    /// The dictionary's bytes, whoever's tenant it is; throws `TextError`.
    static func load(_ id: Int64, tenant: String, keys: StoreKeys, in db: Database) throws -> [UInt8] {
        guard
            let data = try Data.fetchOne(
                db.cachedStatement(sql: "SELECT data FROM text_dictionary WHERE id = ?"), arguments: [id])
        else { throw TextError.dictionaryMissing(id) }
        var bytes = Array(data)
        if bytes.first == TextEnvelope.Kind.sealed.rawValue {
            guard let sealer = keys.sealer else { throw TextError.dictionaryMissing(id) }
            do {
                bytes = try sealer.open(bytes.dropFirst(), as: context(id, tenant: tenant, store: keys.store))
            } catch {
                throw TextError.seal(error)
            }
        } else if !keys.readsPlain {
            throw TextError.notSealed
        }
        guard bytes.first == TextEnvelope.Kind.raw.rawValue, bytes.count >= headerByteCount + 1, bytes[1] == version
        else {
            throw TextError.dictionaryMissing(id)
        }
        let stored = bytes.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
        }
        let content = Array(bytes[(headerByteCount + 1)...])
        guard checksum(of: content) == stored else { throw TextError.dictionaryMissing(id) }
        return content
    }

    private static func context(_ id: Int64, tenant: String, store: String) -> SealContext {
        SealContext(store, tenant, "dictionary", String(id))
    }

    private static func checksum(of content: [UInt8]) -> UInt64 { content.withUnsafeBytes { XXH64.hash($0) } }
}
