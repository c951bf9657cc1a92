import NIOHTTP1

extension ThermoclineClient {
    /// Makes a key. Its text is in this reply alone; a request that was sent twice would leave a key nobody has.
    ///
    /// - Parameter tenant: whose; `nil` for the caller's own.
    public func createKey(
        role: String, tenant: String? = nil, name: String = ""
    ) async throws(ClientError) -> (text: String, key: AccessKey) {
        struct Wanted: Encodable, Sendable {
            let role: String
            let tenant: String?
            let name: String
        }
        struct Created: Decodable { let key: String }
        let body = try APICoding.json(of: Wanted(role: role, tenant: tenant, name: name))
        let reply = try await send(Call(.POST, "/admin/keys", repetition: .afterRefusal).sending(body, as: Call.json))
        return (try reply.decoded(as: Created.self).key, try reply.decoded())
    }

    /// Ends a key: who comes with it is refused from then on.
    public func revokeKey(_ id: String) async throws(ClientError) {
        let call = Call(.DELETE, "/admin/keys/" + Call.escaped(id), repetition: .afterRefusal)
        _ = try await send(call)
    }

    /// Keys in the order of their ids, at most `limit` of them, behind `id`.
    ///
    /// - Parameter tenant: whose; `nil` for all that the caller may see.
    public func keys(
        of tenant: String? = nil, after id: String? = nil, limit: Int
    ) async throws(ClientError) -> [AccessKey] {
        struct Page: Decodable { let items: [AccessKey] }
        let call = Call(
            .GET, "/admin/keys", query: [("limit", String(limit)), ("tenant", tenant), ("cursor", id)],
            repetition: .afterAnyFailure)
        return try await send(call).decoded(as: Page.self).items
    }

    /// Has the server walk along its audit log.
    public func verifyAudit() async throws(ClientError) -> AuditCheck {
        try await send(
            Call(.GET, "/admin/audit/verify", repetition: .afterAnyFailure), within: options.bulkDeadline
        ).decoded()
    }
}
