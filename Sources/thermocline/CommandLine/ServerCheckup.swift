/// Asks a server named by its URL how its parts do.
struct ServerCheckup: Sendable {
    let url: String
    let apiKey: String?

    func findings() async -> [Finding] {
        do {
            let reports = try await KnowledgeServer(url: url, apiKey: apiKey).use { try await $0.health() }
            return [Finding(.ok, "server", url)] + reports.map(\.finding)
        } catch {
            return [Finding(.bad, "server", "\(error)")]
        }
    }
}
