import Access
import HTTPTypes
import Hummingbird
import Knowledge
import Logging
import Pipeline

/// `/admin/keys`: who may come in. An admin has its own tenant's keys in hand, an operator everyone's.
struct KeyRoutes: Sendable {
    let parts: ServerParts

    static let defaultLimit = 50
    static let maximumLimit = 200

    enum Parameters {
        static let limit = WholeNumberField(
            name: "limit", meaning: "", range: 1...maximumLimit, standard: defaultLimit)
        static let cursor = TextField(name: "cursor", meaning: "", mayBeBlank: true, maximumCharacters: 64)
        static let tenant = TextField(
            name: "tenant", meaning: "", mayBeBlank: true, maximumCharacters: Tenant.maximumNameLength,
            pattern: "^(\(KeyRequest.Fields.tenantPattern))?$")
    }

    func register(in routes: inout Routes) {
        routes.on(.post, "/admin/keys", for: .admin, create)
        routes.on(.get, "/admin/keys", for: .admin, list)
        routes.on(.delete, "/admin/keys/{id}", for: .admin, revoke)
    }

    /// The one reply that ever has a key in it.
    @Sendable private func create(_ request: Request, _ context: CallContext) async throws -> Response {
        let wanted = try KeyRequest(try await request.jsonObject(), by: context.caller)
        let (key, record) = try await keyed(context) { () async throws(AccessError) in
            try await parts.access.store.createKey(
                tenant: wanted.tenant, role: wanted.role, name: wanted.name, at: parts.stack.time.now())
        }
        do {
            try await parts.audit(context, .keyCreate, "key " + record.id, record.auditDetails)
        } catch {
            // Nobody will learn the key, so it must not lie about.
            _ = try? await parts.access.store.revokeKey(record.id, of: nil, at: parts.stack.time.now())
            throw error
        }
        return .json(.created) { json in
            json.member("key", key.text)
            record.write(to: &json)
            json.member("message", "Keep the key: it is not to be had again")
        }
    }

    @Sendable private func list(_ request: Request, _ context: CallContext) async throws -> Response {
        var query = QueryReader(request)
        let limit = query.readOrStandard(Parameters.limit)
        let after = query.read(Parameters.cursor)
        let tenant = query.readTenant()
        try query.check()
        let visible = try Self.tenants(tenant, for: context.caller)
        let found = try await keyed(context) { () async throws(AccessError) in
            try await parts.access.store.listKeys(of: visible, after: after, limit: limit + 1)
        }
        return .json(reserving: 256 * limit) { json in
            json.array("items") { json in
                for record in found.prefix(limit) { json.object { record.write(to: &$0) } }
            }
            if found.count > limit, let last = found.prefix(limit).last {
                json.member("next_cursor", last.id)
            } else {
                json.null("next_cursor")
            }
            json.member("limit", limit)
        }
    }

    @Sendable private func revoke(_ request: Request, _ context: CallContext) async throws -> Response {
        let id = context.parameters.get("id") ?? ""
        let mayAll = context.caller.roles.contains(.operator)
        let tenant = mayAll ? nil : context.caller.tenant
        let store = parts.access.store
        let found = try await keyed(context) { () async throws(AccessError) in try await store.key(id, of: tenant) }
        guard let found, found.revokedAt == nil else { throw ContractError.notFound("There is no such key") }
        guard mayAll || found.role != .operator else { throw ContractError.roleMissing }
        let revoked = try await keyed(context) { () async throws(AccessError) in
            try await store.revokeKey(id, of: tenant, at: parts.stack.time.now())
        }
        guard let revoked else { throw ContractError.notFound("There is no such key") }
        try await parts.audit(context, .keyRevoke, "key " + revoked.id, revoked.auditDetails)
        return .json { json in
            json.member("id", revoked.id)
            json.member("message", "The key is revoked")
        }
    }

    /// Whose keys a caller sees when it asks for those of `tenant`; `nil` is everyone's.
    static func tenants(_ tenant: Tenant?, for caller: Caller) throws(ContractError) -> Tenant? {
        if caller.roles.contains(.operator) { return tenant }
        guard tenant == nil || tenant == caller.tenant else { throw .roleMissing }
        return caller.tenant
    }

    private func keyed<Result: Sendable>(
        _ context: CallContext, _ body: () async throws(AccessError) -> Result
    ) async throws(ContractError) -> Result {
        do {
            return try await body()
        } catch {
            parts.logger.warning(
                "Keys could not be read or written",
                metadata: ["request_id": "\(context.requestID)", "reason": "\(error)"])
            throw ContractError(error)
        }
    }
}

extension KeyRecord {
    /// Everything that may be shown.
    func write(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("tenant", tenant.name)
        json.member("role", role.rawValue)
        json.member("name", name)
        json.member("created_at", createdAt.rfc3339)
        if let revokedAt { json.member("revoked_at", revokedAt.rfc3339) } else { json.null("revoked_at") }
    }

    var auditDetails: [AuditEntry.Detail] {
        [.init("tenant", tenant.name), .init("role", role.rawValue), .init("name", name)]
    }
}

extension QueryReader {
    mutating func readTenant() -> Tenant? {
        let field = KeyRoutes.Parameters.tenant
        guard let text = read(field) else { return nil }
        if let tenant = Tenant(text) { return tenant }
        note("value_error", field.name, "Input should be the name of a tenant", input: text)
        return nil
    }
}
