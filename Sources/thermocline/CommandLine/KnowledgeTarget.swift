import Import
import Knowledge
import Server

/// Where a command finds the knowledge of a data directory: in the store itself, or behind the server that has it.
///
/// A store has one owner at a time. While a server is it, commands go through the server, so that what they write
/// is seen by its next answer; else they open the store for as long as they run.
enum KnowledgeTarget: Sendable {
    case store(OpenStore)
    case server(RunningServer)

    static func withOpen<Result: Sendable>(
        _ settings: Settings, _ body: (KnowledgeTarget) async throws -> Result
    ) async throws -> Result {
        if let server = try await RunningServer.find(dataDirectory: settings.dataDirectory) {
            return try await body(.server(server))
        }
        let store = try await opened(settings)
        do {
            let result = try await body(.store(store))
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }

    /// A process that took the store since it was looked for is told apart from other failures.
    private static func opened(_ settings: Settings) async throws -> OpenStore {
        do {
            return try await OpenStore(settings)
        } catch let error as OpenStore.InUse {
            throw CommandFailure.storeInUse(directory: settings.dataDirectory, owner: error.owner)
        }
    }

    /// The store's UUID.
    var storeID: String {
        switch self {
        case .store(let store): store.id
        case .server(let server): server.place.storeID
        }
    }

    /// The store itself, which prepared vectors need: the API takes none.
    func store(for vectors: String) throws -> OpenStore {
        switch self {
        case .store(let store): return store
        case .server(let server): throw CommandFailure.vectorsNeedStore(path: vectors, url: server.place.url)
        }
    }

    /// Stores items in order; they are durable when it returns.
    func put(_ items: [ItemContent], for tenant: Tenant) async throws -> BatchReceipt {
        switch self {
        case .store(let store):
            let stored = try await store.put(items, for: tenant)
            return BatchReceipt(created: stored.created, replaced: stored.replaced, unchanged: stored.unchanged)
        case .server(let server): return try await server.put(items, for: tenant)
        }
    }

    /// Hands over all items of a tenant as whole lines of NDJSON, some at a time.
    func export(_ tenant: Tenant, _ write: ([UInt8]) throws -> Void) async throws {
        switch self {
        case .store(let store): try await store.export(tenant, write)
        case .server(let server): try await server.export(tenant, write)
        }
    }

    /// The reply to a question, both as the API has them.
    func ask(_ body: [UInt8]) async throws -> [UInt8] {
        switch self {
        case .store(let store): try await store.ask(body)
        case .server(let server): try await server.ask(body)
        }
    }
}
