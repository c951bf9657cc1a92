import Foundation
import Knowledge

/// How far the import of one file into one store has come, kept in a file of its own.
///
/// Written after each acknowledged batch, by replacing the whole file, so that a reader sees one state or the
/// next. It may lag behind the store (the batch is then found unchanged) and never runs ahead of it. A journal
/// that cannot be read, or that speaks of another state of the file or another store, counts as none.
public struct ImportJournal: Codable, Sendable, Hashable {
    /// What is imported, and where to.
    public struct Identity: Codable, Sendable, Hashable {
        /// Absolute.
        public let path: String
        public let byteCount: Int
        public let modifiedNanoseconds: Int64
        public let tenant: String
        /// The store's UUID.
        public let store: String
        /// The file of vectors imported along with it, and its state.
        public let vectors: String?

        public init(
            path: String, byteCount: Int, modifiedNanoseconds: Int64, tenant: String, store: String,
            vectors: String? = nil
        ) {
            self.vectors = vectors
            self.path = path
            self.byteCount = byteCount
            self.modifiedNanoseconds = modifiedNanoseconds
            self.tenant = tenant
            self.store = store
        }
    }

    public let identity: Identity
    public var recordsAcknowledged = 0
    public var counts = ImportCounts()
    /// Length of the file of rejected records at this state.
    public var rejectedByteCount = 0
    public var isDone = false

    public init(_ identity: Identity) {
        self.identity = identity
    }

    /// The journal of exactly this identity, if there is one.
    public static func load(_ identity: Identity, dataDirectory: String) -> ImportJournal? {
        let path = location(of: identity, dataDirectory: dataDirectory)
        guard let data = FileManager.default.contents(atPath: path),
            let journal = try? JSONDecoder().decode(ImportJournal.self, from: data), journal.identity == identity
        else { return nil }
        return journal
    }

    public func save(dataDirectory: String) throws(ImportFailure) {
        let path = Self.location(of: identity, dataDirectory: dataDirectory)
        do {
            try FileManager.default.createDirectory(
                atPath: Self.folder(in: dataDirectory), withIntermediateDirectories: true)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw .cannotWrite(path: path, reason: error.localizedDescription)
        }
    }

    static func folder(in dataDirectory: String) -> String { dataDirectory + "/imports" }

    /// Named by path and tenant alone: a file that has changed takes its predecessor's place.
    package static func location(of identity: Identity, dataDirectory: String) -> String {
        let hash = fnv1a([identity.tenant, identity.path].joined(separator: "\n").utf8)
        return folder(in: dataDirectory) + "/" + String(hash, radix: 16) + ".json"
    }

    /// FNV-1a, 64 bits. A collision costs one journal, for the content names the whole identity.
    private static func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
