import Foundation
import GRDB
import Sealing

/// What the file says of its keys: rows of `meta`.
///
/// ```
/// fingerprint_secret, index_secret   of a store that is not sealed; index_secret also while one is being sealed
/// seal_store                         the store's UUID when it was first sealed: what seals are bound to. A restore gives the
///                                    store another UUID, and its texts must open all the same
/// sealed_secrets                     both, sealed by the current key: proves that a key is the right one
/// sealing_keys                       ids (8 bytes each, big-endian): the current key's, then those that texts may still
///                                    be sealed by
/// ```
struct SealingRecord {
    /// Empty when the store is not sealed.
    private(set) var keys: [SealingKey.ID]
    private let sealedSecrets: Data?

    static func load(_ db: Database) throws -> SealingRecord {
        let ids = Array(try meta("sealing_keys", db) ?? Data())
        return SealingRecord(
            keys: stride(from: 0, to: ids.count - 7, by: 8).map { start in
                SealingKey.ID(rawValue: ids[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
            }, sealedSecrets: try meta("sealed_secrets", db))
    }

    /// What seals are bound to; `nil` in a store that is not sealed.
    static func sealStore(_ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'seal_store'")
    }

    /// Throws `ColdError` unless the ring has every key that the file may need, and they are the right ones.
    func check(_ ring: KeyRing?, file: String, store: String) throws {
        guard !keys.isEmpty else { return }
        let missing = keys.filter { ring?.contains($0) != true }
        guard missing.isEmpty, let ring else { throw ColdError.keysMissing(file: file, keys: missing) }
        guard secrets(ring, store: store) != nil else { throw ColdError.sealDamaged(file: file) }
    }

    private func secrets(_ ring: KeyRing, store: String) -> StoreSecrets? {
        guard let sealedSecrets, let opened = try? Self.sealer(ring).open(sealedSecrets, as: Self.context(store)) else {
            return nil
        }
        return StoreSecrets(opened)
    }

    /// Brings the file in step with the ring, which was checked: a store that is not sealed begins to be, one that is by
    /// another key begins to be sealed anew. All in the transaction that it is called in.
    ///
    /// - Returns: what fingerprints, issues and words are hashed by.
    static func settle(_ ring: KeyRing?, file: String, store: String, _ db: Database) throws -> StoreSecrets {
        var record = try load(db)
        try record.check(ring, file: file, store: store)
        guard let ring else { return try plainSecrets(db) }
        if record.keys.isEmpty {
            let secrets = StoreSecrets.random()
            try record.save(secrets, keys: [ring.current.id], ring, store: store, db)
            try db.execute(
                sql: "INSERT OR REPLACE INTO meta(key, value) VALUES ('seal_store', ?)", arguments: [store])
            // Whoever has seen the file as it was must not know what later fingerprints and words are hashed by.
            try db.execute(sql: "DELETE FROM meta WHERE key = 'fingerprint_secret'")
            try RecodingRecord(work: .sealing).save(db)
            return secrets
        }
        guard let secrets = record.secrets(ring, store: store) else { throw ColdError.sealDamaged(file: file) }
        if record.keys.first != ring.current.id {
            // What an unfinished change to another key has not reached may be by any key so far.
            let keys = [ring.current.id] + record.keys.filter { $0 != ring.current.id }
            let isSealing = try RecodingRecord.load(db)?.work == .sealing
            try record.save(secrets, keys: keys, ring, store: store, db)
            try RecodingRecord(work: isSealing ? .sealing : .rekeying).save(db)
        }
        return secrets
    }

    /// Once every text is sealed by the current one.
    static func forgetOldKeys(_ db: Database) throws {
        try db.execute(sql: "UPDATE meta SET value = substr(value, 1, 8) WHERE key = 'sealing_keys'")
    }

    /// Under what issues have been hashed that sealing has not reached yet.
    static func plainIndexSecret(_ db: Database) throws -> IndexSecret? {
        try meta("index_secret", db).flatMap { IndexSecret($0) }
    }

    static func forgetPlainIndexSecret(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM meta WHERE key = 'index_secret'")
    }

    private mutating func save(
        _ secrets: StoreSecrets, keys: [SealingKey.ID], _ ring: KeyRing, store: String, _ db: Database
    ) throws {
        let sealed = try Self.sealer(ring).seal(secrets.bytes, as: Self.context(store))
        let ids = keys.flatMap { id in withUnsafeBytes(of: id.rawValue.bigEndian) { Array($0) } }
        try db.execute(
            sql: "INSERT OR REPLACE INTO meta(key, value) VALUES ('sealed_secrets', ?), ('sealing_keys', ?)",
            arguments: [Data(sealed), Data(ids)])
        self.keys = keys
    }

    private static func plainSecrets(_ db: Database) throws -> StoreSecrets {
        let secrets = StoreSecrets(
            Array(try meta("fingerprint_secret", db) ?? Data()) + Array(try meta("index_secret", db) ?? Data()))
        guard let secrets else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the store has no identity")
        }
        return secrets
    }

    private static func meta(_ key: String, _ db: Database) throws -> Data? {
        try Data.fetchOne(db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
    }

    private static func sealer(_ ring: KeyRing) -> Sealer { Sealer(ring, purpose: "secrets") }
    private static func context(_ store: String) -> SealContext { SealContext(store, "secrets") }
}
