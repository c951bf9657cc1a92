import GRDB
import Sealing

/// Which store it is and what it is sealed and hashed by, as found when it is opened or its keys are changed.
struct StoreIdentity {
    let storeID: String
    let secrets: StoreSecrets
    let keys: StoreKeys
    /// What is to be gone on with.
    let recoding: RecodingRecord?

    /// Settles the keys: see `SealingRecord.settle`. In a write transaction.
    static func load(_ configuration: ColdTierConfiguration, _ db: Database) throws -> StoreIdentity {
        try load(configuration.keyRing, directory: configuration.directory, db)
    }

    static func load(_ ring: KeyRing?, directory: String, _ db: Database) throws -> StoreIdentity {
        guard let store = try StoreFile.storeID(db) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the store has no identity")
        }
        let sealStore = try SealingRecord.sealStore(db) ?? store
        let secrets = try SealingRecord.settle(ring, file: directory + "/" + StoreFile.name, store: sealStore, db)
        let recoding = try RecodingRecord.load(db)
        let keys = keys(
            ring, store: sealStore, secrets, isBeingSealed: recoding?.work == .sealing,
            plainIndexSecret: ring == nil ? nil : try SealingRecord.plainIndexSecret(db))
        return StoreIdentity(storeID: store, secrets: secrets, keys: keys, recoding: recoding)
    }

    private static func keys(
        _ ring: KeyRing?, store: String, _ secrets: StoreSecrets, isBeingSealed: Bool, plainIndexSecret: IndexSecret?
    ) -> StoreKeys {
        StoreKeys(
            store: store, sealer: ring.map { Sealer($0, purpose: "texts") },
            readsPlain: ring == nil || isBeingSealed,
            identities: [IssueIdentity(secret: secrets.index)]
                + [plainIndexSecret].compactMap {
                    $0.map { IssueIdentity(secret: $0) }
                },
            words: WordForms(secret: ring == nil ? nil : secrets.index, findsPlain: isBeingSealed))
    }
}
