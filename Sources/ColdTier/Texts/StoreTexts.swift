import Foundation
import GRDB
import Knowledge
import Sealing
import Synchronization

/// Turns texts into what their columns hold, and back: compressed by the tenant's dictionary, then sealed.
///
/// Compressing is the slow half, and needs neither the item's number nor its version: it is done before the transaction
/// (`compact`). Sealing is bound to both, so it is done within (`column`).
///
/// Any thread. Keys and dictionaries are replaced on the maintenance queue alone.
final class StoreTexts: Sendable {
    /// Dictionaries in memory, 350 KB each; of more tenants that are busy at once, some are read again.
    static let maximumLoaded = 64
    /// A shorter text is not tried without a dictionary: it has nothing to refer back to.
    private static let leastAloneByteCount = 256

    private struct State {
        var keys: StoreKeys
        var generation = 0
        /// Tenant → the dictionary that its new texts are compressed by.
        var newest: [String: Int64] = [:]
        /// Tenant → items that it had when a dictionary was last made, or tried to be.
        var trainedItems: [String: Int] = [:]
        /// The most recently used last.
        var loaded: [TextDictionary] = []
    }
    private let state: Mutex<State>
    /// Texts that were refused since the start.
    let refusals = Counter()

    init(_ keys: StoreKeys) {
        state = Mutex(State(keys: keys))
    }

    var keys: StoreKeys { state.withLock { $0.keys } }
    /// Changes with the keys and with dictionaries.
    var generation: Int { state.withLock { $0.generation } }

    func replace(_ keys: StoreKeys) {
        state.withLock { state in
            state.keys = keys
            state.generation += 1
        }
    }

    /// From now on the tenant's new texts are compressed by this one.
    func use(_ dictionary: TextDictionary, for tenant: String, items: Int) {
        state.withLock { state in
            state.newest[tenant] = dictionary.id
            state.trainedItems[tenant] = items
            state.generation += 1
            Self.keep(dictionary, in: &state)
        }
    }

    /// Takes note of the dictionaries that the file has; one that is damaged compresses nothing.
    func load(_ db: Database) throws {
        let names = Dictionary(uniqueKeysWithValues: try TenantRow.loadAll(in: db).map { ($0.ordinal, $0.name) })
        for row in try DictionaryRow.newest(in: db) {
            guard let name = names[row.tenant] else { continue }
            state.withLock { state in
                state.newest[name] = row.id
                state.trainedItems[name] = row.items
            }
            if state.withLock({ $0.loaded.count < Self.maximumLoaded }) { _ = try? load(row.id, tenant: name, in: db) }
        }
    }

    func isDictionaryDue(_ tenant: String, items: Int, _ configuration: ColdTierConfiguration) -> Bool {
        let trained = state.withLock { $0.trainedItems[tenant] }
        guard let trained else { return items >= configuration.dictionaryItems }
        return items / TextRecoding.dictionaryGrowth >= max(trained, configuration.dictionaryItems)
    }

    /// Should it come to nothing, it is not tried again before the tenant has grown.
    func noteTraining(of tenant: String, items: Int) { state.withLock { $0.trainedItems[tenant] = items } }

    func newestDictionary(of tenant: String) -> Int64? { state.withLock { $0.newest[tenant] } }

    // MARK: Writing

    /// - Parameters:
    ///   - words: the content's terms.
    ///   - isQuick: for bulk, where each item's time counts: compresses less well.
    ///   - db: where a dictionary is read that is not in memory; without it such texts are compressed alone.
    func compact(
        _ content: ItemContent, words: [String], tenant: String, isQuick: Bool, in db: Database? = nil
    ) -> CompactContent {
        let (keys, generation) = state.withLock { ($0.keys, $0.generation) }
        let dictionary = writingDictionary(of: tenant, in: db)
        return CompactContent(
            issue: compact(content.issue, by: dictionary, isQuick: isQuick),
            resolution: compact(content.resolution, by: dictionary, isQuick: isQuick),
            issueKeys: keys.identities.map { $0.key(content.issue, tenant: tenant) },
            words: keys.words.stored(words, tenant: tenant), generation: generation)
    }

    /// A text's envelope before it is sealed.
    func envelope(of text: String, tenant: String, isQuick: Bool, in db: Database) -> [UInt8] {
        compact(text, by: writingDictionary(of: tenant, in: db), isQuick: isQuick)
    }

    private func writingDictionary(of tenant: String, in db: Database?) -> TextDictionary? {
        newestDictionary(of: tenant).flatMap { id in
            loaded(id) ?? db.flatMap { try? load(id, tenant: tenant, in: $0) }
        }
    }

    private func compact(_ text: String, by dictionary: TextDictionary?, isQuick: Bool) -> [UInt8] {
        let text = Array(text.utf8)
        let block =
            if let dictionary {
                dictionary.compressed(text, isQuick: isQuick)
            } else {
                text.count < Self.leastAloneByteCount ? nil : BlockCompression.compressed(text)
            }
        return block.flatMap { TextEnvelope.compressed(text, block: $0, dictionary: dictionary?.id ?? 0) }
            ?? TextEnvelope.raw(text)
    }

    /// What the column holds: the envelope, sealed where the store is.
    func column(_ envelope: [UInt8], at place: TextPlace) throws -> DatabaseValue {
        let keys = keys
        guard let sealer = keys.sealer else { return Data(envelope).databaseValue }
        return Data(TextEnvelope.sealed(try sealer.seal(envelope, as: place.context(store: keys.store)))).databaseValue
    }

    // MARK: Reading

    /// A text as it was found: recoding decides by it what to write anew.
    struct Found {
        var text: String
        /// `nil` when it is not sealed.
        var sealedBy: SealingKey.ID?
        /// `nil` when it is raw, 0 when it is compressed alone.
        var dictionary: Int64?
        /// Not in an envelope yet.
        var isOld = false
    }

    /// Throws `TextError`.
    func find(_ value: DatabaseValue, at place: TextPlace, in db: Database) throws -> Found {
        let keys = keys
        switch value.storage {
        case .string(let text):
            guard keys.readsPlain else { throw TextError.notSealed }
            return Found(text: text, isOld: true)
        case .blob(let data): return try find(data, at: place, keys, in: db)
        default: throw TextError.damaged
        }
    }

    private func find(_ data: Data, at place: TextPlace, _ keys: StoreKeys, in db: Database) throws -> Found {
        guard data.first == TextEnvelope.Kind.sealed.rawValue else {
            guard keys.readsPlain else { throw TextError.notSealed }
            return try unpack(Array(data), of: place.tenant, in: db)
        }
        let sealed = data.dropFirst()
        guard let sealer = keys.sealer else {
            throw TextError.seal(Sealer.keyID(of: sealed).map { SealError.unknownKey($0) } ?? .notSealed)
        }
        let envelope: [UInt8]
        do {
            envelope = try sealer.open(sealed, as: place.context(store: keys.store))
        } catch {
            throw TextError.seal(error)
        }
        var found = try unpack(envelope, of: place.tenant, in: db)
        found.sealedBy = Sealer.keyID(of: sealed)
        return found
    }

    private func unpack(_ envelope: [UInt8], of tenant: String, in db: Database) throws -> Found {
        switch envelope.first.flatMap({ TextEnvelope.Kind(rawValue: $0) }) {
        case .raw:
            guard let text = String(validating: envelope.dropFirst(), as: UTF8.self) else { throw TextError.damaged }
            return Found(text: text)
        case .compressed:
            return try envelope.withUnsafeBytes { bytes in
                guard let (header, offset) = TextEnvelope.header(bytes) else { throw TextError.damaged }
                let block = UnsafeRawBufferPointer(rebasing: bytes[offset...])
                let unpacked =
                    header.dictionary == 0
                    ? BlockCompression.decompressed(block, byteCount: header.byteCount)
                    : try dictionary(header.dictionary, tenant: tenant, in: db)
                        .decompressed(block, byteCount: header.byteCount)
                guard let unpacked, TextEnvelope.checksum(of: unpacked) == header.checksum,
                    let text = String(validating: unpacked, as: UTF8.self)
                else { throw TextError.damaged }
                return Found(text: text, dictionary: header.dictionary)
            }
        case .sealed, nil: throw TextError.damaged
        }
    }

    // MARK: Dictionaries

    private func dictionary(_ id: Int64, tenant: String, in db: Database) throws -> TextDictionary {
        if let known = loaded(id) { return known }
        return try load(id, tenant: tenant, in: db)
    }

    private func load(_ id: Int64, tenant: String, in db: Database) throws -> TextDictionary {
        let dictionary = TextDictionary(
            id: id, content: try DictionaryRow.load(id, tenant: tenant, keys: keys, in: db))
        state.withLock { Self.keep(dictionary, in: &$0) }
        return dictionary
    }

    private func loaded(_ id: Int64) -> TextDictionary? {
        state.withLock { state in
            guard let place = state.loaded.lastIndex(where: { $0.id == id }) else { return nil }
            let found = state.loaded[place]
            if place != state.loaded.endIndex - 1 {
                state.loaded.remove(at: place)
                state.loaded.append(found)
            }
            return found
        }
    }

    private static func keep(_ dictionary: TextDictionary, in state: inout State) {
        state.loaded.removeAll { $0.id == dictionary.id }
        if state.loaded.count >= maximumLoaded { state.loaded.removeFirst() }
        state.loaded.append(dictionary)
    }
}
