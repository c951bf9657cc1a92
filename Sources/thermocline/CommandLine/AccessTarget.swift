import Access
import Knowledge
import Server

/// Where a command finds keys and audit of a data directory: in their file, or behind the server that has it.
enum AccessTarget: Sendable {
    case files(OpenAccess)
    case server(KnowledgeServer)

    static func withOpen<Result: Sendable>(
        _ options: ServerOptions, _ body: (AccessTarget) async throws -> Result
    ) async throws -> Result {
        if let url = options.serverURL {
            let server = try KnowledgeServer(url: url, apiKey: options.serverKey)
            return try await server.use { try await body(.server($0)) }
        }
        let settings = try Settings.fromEnvironment()
        if let server = try KnowledgeServer.find(
            dataDirectory: settings.dataDirectory, apiKey: options.serverKey)
        {
            return try await server.use { try await body(.server($0)) }
        }
        let files = try await opened(settings)
        do {
            let result = try await body(.files(files))
            await files.close()
            return result
        } catch {
            await files.close()
            throw error
        }
    }

    private static func opened(_ settings: Settings) async throws -> OpenAccess {
        do {
            return try await OpenAccess(settings)
        } catch let error as OpenStore.InUse {
            throw CommandFailure.storeInUse(directory: settings.dataDirectory, owner: error.owner)
        }
    }

    /// The key's text.
    func createKey(tenant: Tenant?, role: Role, name: String) async throws -> (text: String, key: KeyLine) {
        switch self {
        case .files(let files):
            let (text, record) = try await files.createKey(tenant: tenant ?? .default, role: role, name: name)
            return (text, KeyLine(record))
        case .server(let server): return try await server.createKey(tenant: tenant, role: role, name: name)
        }
    }

    /// False when there is no such key, or it is revoked already.
    func revokeKey(_ id: String) async throws -> Bool {
        switch self {
        case .files(let files): try await files.revokeKey(id)
        case .server(let server): try await server.revokeKey(id)
        }
    }

    /// - Parameter tenant: whose; `nil` for all that may be seen.
    func listKeys(of tenant: Tenant?) async throws -> [KeyLine] {
        var lines: [KeyLine] = []
        while true {
            let page: [KeyLine]
            switch self {
            case .files(let files):
                page = try await files.listKeys(of: tenant, after: lines.last?.id, limit: Self.pageSize).map(
                    KeyLine.init)
            case .server(let server):
                page = try await server.listKeys(of: tenant, after: lines.last?.id, limit: Self.pageSize)
            }
            lines += page
            if page.count < Self.pageSize { return lines }
        }
    }

    func verifyAudit() async throws -> AuditReport {
        switch self {
        case .files(let files): AuditReport(try await files.verifyAudit())
        case .server(let server): try await server.verifyAudit()
        }
    }

    /// What one request to a server may ask for.
    private static let pageSize = 200
}
