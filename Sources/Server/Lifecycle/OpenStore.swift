import Access
import ColdTier
import Embedding
import Foundation
import HotTier
public import Knowledge
import Logging
import Pipeline
import Sealing

/// A data directory opened without serving it, for commands that work on it while no server has it.
///
/// It is the server's own parts, so that what a command stores and answers is what a server would.
public struct OpenStore: Sendable {
    /// Another process has the directory.
    public struct InUse: Error, Sendable, Hashable {
        /// Its process id, where known.
        public let owner: Int?
    }

    /// What became of items put together.
    public struct Stored: Sendable, Hashable {
        public let created: Int
        public let replaced: Int
        public let unchanged: Int
    }

    /// How one part does, as `/health` says it.
    public struct PartStatus: Sendable, Hashable {
        public let part: String
        public let status: String
        public let reason: String?
    }

    /// The database's file in a data directory; without it there is no store yet.
    public static let databaseName = ColdTier.databaseName

    private let parts: ServerParts

    /// Throws `InUse`, or `StartError` with one line that says what to do.
    public init(_ settings: Settings) async throws {
        do {
            parts = try await ServerParts.open(
                settings, logger: Logger(label: "thermocline") { _ in SwiftLogNoOpLogHandler() })
        } catch StartError.inUse(let owner, _) {
            throw InUse(owner: owner)
        }
    }

    public func close() async {
        await parts.close()
    }

    /// The store's UUID.
    public var id: String { parts.stack.cold.storeID }

    /// Stores items in order, all or none; they are durable when it returns.
    public func put(_ items: [ItemContent], for tenant: Tenant) async throws -> Stored {
        let caller = Caller(tenant: tenant, roles: [.writer])
        let stored = Self.stored(try await parts.ingest.put(batch: items, skipUnchanged: true, for: caller))
        try await audit(.knowledgeBulk, tenant, stored)
        return stored
    }

    /// How many items have their texts sealed by the current key, while that is not so of all.
    public struct Rekeying: Sendable, Hashable {
        public let done: Int
        public let total: Int
    }

    /// Seals every text by the current key, if that is not so already; what the file, Redis and the snapshot of hot had of
    /// before is gone when it returns. Broken off, it goes on with the next call or start.
    ///
    /// - Returns: whether there was anything to do.
    public func rekey(_ report: @escaping @Sendable (Rekeying) -> Void) async throws -> Bool {
        guard parts.stack.cold.isChangingKeys else { return false }
        try await parts.keyChange.finish { report(Rekeying(done: $0.done, total: $0.total)) }
        return true
    }

    /// By which key texts are sealed; `nil` when they are not.
    public var sealingKey: String? { parts.stack.cold.sealingKey?.description }

    /// Items with vectors, ready to be stored.
    public struct PreparedItems: Sendable {
        let writes: PreparedWrites
        let tenant: Tenant
    }

    /// The encoder that vectors must be of; `nil` while it is away.
    public var encoder: EncoderIdentity? { parts.stack.encoder.identity }

    /// The vectors that the encoder makes of items.
    public func encode(_ items: [ItemContent]) async throws -> [[Float]] { try await parts.ingest.encode(items) }

    /// Readies items whose vectors are known; what can be done of it before they are stored.
    public func prepare(_ items: [ItemContent], vectors: [[Float]], for tenant: Tenant) -> PreparedItems {
        let caller = Caller(tenant: tenant, roles: [.writer])
        return PreparedItems(writes: parts.ingest.prepare(batch: items, vectors: vectors, for: caller), tenant: tenant)
    }

    /// Stores them, one batch of many; `finishBulk` belongs behind the last.
    public func put(_ items: PreparedItems) async throws -> Stored {
        let stored = Self.stored(try await parts.stack.cold.write(items.writes))
        try await audit(.knowledgeBulk, items.tenant, stored)
        return stored
    }

    /// Written before the caller learns that its items are stored, as a server does.
    private func audit(_ action: AuditAction, _ tenant: Tenant, _ stored: Stored) async throws {
        guard stored.created + stored.replaced > 0 else { return }
        try await parts.access.audit.append([
            AuditEntry(
                at: parts.stack.time.now(), tenant: tenant, subject: OpenAccess.subject, action: action,
                details: [
                    .init("created", stored.created), .init("replaced", stored.replaced),
                    .init("unchanged", stored.unchanged),
                ])
        ])
    }

    public func finishBulk() async throws { try await parts.stack.cold.finishBulk() }

    private static func stored(_ outcomes: [ItemOutcome]) -> Stored {
        var created = 0
        var replaced = 0
        for outcome in outcomes {
            switch outcome {
            case .created: created += 1
            case .replaced: replaced += 1
            default: break
            }
        }
        return Stored(created: created, replaced: replaced, unchanged: outcomes.count - created - replaced)
    }

    /// Hands over all items of a tenant as of now as whole lines of NDJSON, some at a time.
    public func export(_ tenant: Tenant, _ write: ([UInt8]) throws -> Void) async throws {
        let export = try await parts.stack.cold.beginExport(tenant: tenant)
        try await parts.access.audit.append([
            AuditEntry(
                at: parts.stack.time.now(), tenant: tenant, subject: OpenAccess.subject, action: .knowledgeExport)
        ])
        while case let items = try await export.next(), !items.isEmpty { try write(ItemReply.lines(of: items)) }
    }

    /// The reply to the body of a question, both as the API has them.
    public func ask(_ body: [UInt8]) async throws -> [UInt8] {
        try await parts.answer(JSONValue.object(Data(body)), for: .anonymous).bytes
    }

    public func health() async -> [PartStatus] {
        await parts.healthOfParts().map {
            PartStatus(part: $0.part.rawValue, status: $0.status.rawValue, reason: $0.reason)
        }
    }

    /// Every route of a server, and who may call it.
    package var routes: RouteList { ServerRoutes.all(parts).list }

    /// What there is to say about the store, by name.
    public var facts: [(name: String, value: String)] {
        let statistics = parts.stack.cold.statistics()
        return [
            ("knowledge", "\(statistics.items) items, \(statistics.itemsWithoutVector) of them without a vector"),
            ("encryption", sealingKey.map { "texts are sealed by key \($0)" } ?? "off"),
            ("vector scan", ColdTier.kernelName),
            ("embeddings", encoder.map { "\($0.name), encoder \($0.fingerprint)" } ?? Wording.noEncoder),
        ]
    }
}
