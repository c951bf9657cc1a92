import ColdTier
import Embedding
import Foundation
import HotTier
public import Knowledge
import Logging
import Pipeline

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
        let outcomes = try await parts.ingest.put(batch: items, skipUnchanged: true, for: caller)
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

    /// What there is to say about the store, by name.
    public var facts: [(name: String, value: String)] {
        let statistics = parts.stack.cold.statistics()
        return [
            ("knowledge", "\(statistics.items) items, \(statistics.itemsWithoutVector) of them without a vector"),
            ("vector scan", ColdTier.kernelName),
            ("embeddings", parts.stack.encoder.identity?.name ?? Wording.noEncoder),
        ]
    }
}
