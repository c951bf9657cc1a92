import NIOHTTP1

extension ThermoclineClient {
    /// How the tiers do.
    public func tiers() async throws(ClientError) -> Tiers {
        try await send(Call(.GET, "/tiers", repetition: .afterAnyFailure)).decoded()
    }

    /// How the server's parts do, also when it says by its status that it is unhealthy.
    public func health() async throws(ClientError) -> HealthReport {
        do throws(ClientError) {
            return try await send(Call(.GET, "/health", repetition: .never)).decoded()
        } catch {
            guard let refusal = error.refusal, refusal.status == 503,
                let report = try? APICoding.value(HealthReport.self, from: refusal.body)
            else { throw error }
            return report
        }
    }

    /// Has the server seal everything by the first key of its file of keys; `health` tells how far it is.
    ///
    /// - Returns: whether there is anything to do.
    public func beginRekeying() async throws(ClientError) -> Bool {
        struct Form: Decodable {
            let underWay: Bool
        }
        let form: Form = try await send(Call(.POST, "/admin/rekey", repetition: .afterAnyFailure)).decoded()
        return form.underWay
    }

    public func systemInfo() async throws(ClientError) -> SystemInfo {
        struct Form: Decodable {
            struct System: Decodable {
                let version: String
                let storeId: String
                let knowledgeVersion: Int
            }
            let systemInfo: System
        }
        let form: Form = try await send(Call(.GET, "/system/info", repetition: .afterAnyFailure)).decoded()
        return SystemInfo(
            version: form.systemInfo.version, storeID: form.systemInfo.storeId,
            knowledgeVersion: form.systemInfo.knowledgeVersion)
    }
}
