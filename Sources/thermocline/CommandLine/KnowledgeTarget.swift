import Import
import Knowledge
import Server
import ThermoclineClient

/// Where a command finds knowledge: in the store of DATA_DIR itself, or behind a server.
///
/// A store has one owner at a time. While a server is it, commands go through the server, so that what they write
/// is seen by its next answer; else they open the store for as long as they run.
enum KnowledgeTarget: Sendable {
    case store(OpenStore, directory: String)
    case server(KnowledgeServer)

    static func withOpen<Result: Sendable>(
        _ options: ServerOptions, _ body: (KnowledgeTarget) async throws -> Result
    ) async throws -> Result {
        if let url = options.serverURL {
            let server = try KnowledgeServer(url: url, apiKey: options.serverKey)
            return try await server.use { try await body(.server($0)) }
        }
        let settings = try Settings.fromEnvironment()
        let directory = settings.dataDirectory
        if let server = try KnowledgeServer.find(dataDirectory: directory, apiKey: options.serverKey) {
            return try await server.use { try await body(.server($0)) }
        }
        let store = try await opened(settings)
        do {
            let result = try await body(.store(store, directory: directory))
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

    /// Tells the knowledge from all other: the store's UUID, and behind a server whose it is.
    func knowledgeID() async throws -> String {
        switch self {
        case .store(let store, _): store.id
        case .server(let server): try await server.knowledgeID()
        }
    }

    /// Where imports keep how far they have come.
    var journalFolder: String {
        switch self {
        case .store(_, let directory): directory
        case .server(let server): server.journalFolder
        }
    }

    /// The store itself, which prepared vectors need: the API takes none.
    func store(for vectors: String) throws -> OpenStore {
        switch self {
        case .store(let store, _): return store
        case .server(let server): throw CommandFailure.vectorsNeedStore(path: vectors, url: server.url)
        }
    }

    /// Stores items in order; they are durable when it returns.
    func put(_ items: [ItemContent], for tenant: Tenant) async throws -> BatchReceipt {
        switch self {
        case .store(let store, _):
            let stored = try await store.put(items, for: tenant)
            return BatchReceipt(created: stored.created, replaced: stored.replaced, unchanged: stored.unchanged)
        case .server(let server): return try await server.put(items, for: tenant)
        }
    }

    /// Seals every text by the current key; see `OpenStore.rekey` and `KnowledgeServer.rekey`.
    func rekey(_ report: @escaping @Sendable (_ done: Int, _ total: Int) -> Void) async throws -> Bool {
        switch self {
        case .store(let store, _): try await store.rekey { report($0.done, $0.total) }
        case .server(let server): try await server.rekey(report)
        }
    }

    /// Hands over all items of a tenant as NDJSON, some at a time.
    func export(_ tenant: Tenant, _ write: ([UInt8]) throws -> Void) async throws {
        switch self {
        case .store(let store, _): try await store.export(tenant, write)
        case .server(let server): try await server.export(tenant, write)
        }
    }

    /// The reply to a question as the API has it.
    func ask(_ question: ThermoclineClient.Question) async throws -> [UInt8] {
        switch self {
        case .store(let store, _): try await store.ask(question.json())
        case .server(let server): try await server.ask(question)
        }
    }
}
