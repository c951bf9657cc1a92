import Knowledge
import ThermoclineClient

extension KnowledgeServer {
    func createKey(tenant: Tenant?, role: Role, name: String) async throws -> (text: String, key: KeyLine) {
        let (text, key) = try await client.createKey(role: role.rawValue, tenant: tenant?.name, name: name)
        return (text, KeyLine(key))
    }

    /// False when there is no such key.
    func revokeKey(_ id: String) async throws -> Bool {
        do throws(ClientError) {
            try await client.revokeKey(id)
            return true
        } catch {
            guard error.refusal?.status == 404 else { throw error }
            return false
        }
    }

    func listKeys(of tenant: Tenant?, after id: String?, limit: Int) async throws -> [KeyLine] {
        try await client.keys(of: tenant?.name, after: id, limit: limit).map(KeyLine.init)
    }

    func verifyAudit() async throws -> AuditReport { AuditReport(try await client.verifyAudit()) }
}
