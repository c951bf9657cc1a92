import Foundation
import Server

/// Looks at settings and parts in the order in which the server needs them.
struct Checkup: Sendable {
    let environment: [String: String]
    let listsSettings: Bool
    /// For the server that has the data directory, if it requires one.
    let apiKey: String?

    func findings() async -> [Finding] {
        var findings = settingFindings()
        let settings: Settings
        do {
            settings = try SettingsSource(environment: environment).load().settings
        } catch {
            // Values that are wrong together; one that is wrong alone is listed already.
            if !findings.contains(where: { $0.grade == .bad }) {
                findings.append(Finding(.bad, "settings", "\(error)"))
            }
            return findings
        }
        findings += await storeFindings(settings)
        return findings
    }

    private func settingFindings() -> [Finding] {
        let listing: [SettingListing]
        do {
            listing = try SettingsSource(environment: environment).listing()
        } catch {
            return [Finding(.bad, "settings", error.description)]
        }
        let violations = listing.compactMap(\.violation).map { Finding(.bad, "settings", $0.description) }
        let set = listing.filter { $0.source != "default" }.count
        let summary = Finding(.ok, "settings", "\(listing.count) settings, \(set) of them set")
        guard listsSettings else { return violations.isEmpty ? [summary] : violations }
        let lines = listing.filter { $0.violation == nil }
            .map { Finding(.ok, "settings", "\($0.definition.name)=\($0.value) (\($0.source))") }
        return violations + lines
    }

    private func storeFindings(_ settings: Settings) async -> [Finding] {
        let directory = settings.dataDirectory
        do {
            if let server = try KnowledgeServer.find(dataDirectory: directory, apiKey: apiKey) {
                let reports = try await server.use { try await $0.health() }
                return [Finding(.ok, "DATA_DIR", "\(directory), open in the server at \(server.url)")]
                    + reports.map(\.finding)
            }
            if FileManager.default.fileExists(atPath: directory + "/" + OpenStore.databaseName) {
                return [Finding(.ok, "DATA_DIR", "\(directory), not in use")] + (try await partFindings(settings))
            }
            return [emptyDirectoryFinding(directory)] + (try await partFindings(try elsewhere(settings)))
        } catch {
            return [Finding(.bad, "DATA_DIR", "\(error)")]
        }
    }

    private func partFindings(_ settings: Settings) async throws -> [Finding] {
        let store = try await OpenStore(settings)
        let reports = await settledHealth(of: store)
        let facts = store.facts.map { Finding(.ok, $0.name, $0.value) }
        await store.close()
        if settings.dataDirectory != Self.scratch { return facts + reports.map(\.finding) }
        try? FileManager.default.removeItem(atPath: Self.scratch)
        return facts + reports.map(\.finding)
    }

    /// The parts once Redis has had time to answer.
    private func settledHealth(of store: OpenStore) async -> [PartReport] {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let reports = await store.health().map { PartReport(part: $0.part, status: $0.status, reason: $0.reason) }
            if reports.allSatisfy({ $0.finding.grade == .ok }) || .now > deadline { return reports }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private func emptyDirectoryFinding(_ directory: String) -> Finding {
        var existing = URL(fileURLWithPath: directory)
        while !FileManager.default.fileExists(atPath: existing.path), existing.path != "/" {
            existing = existing.deletingLastPathComponent()
        }
        guard FileManager.default.isWritableFile(atPath: existing.path) else {
            return Finding(.bad, "DATA_DIR", "\(existing.path) cannot be written: change its rights, or set DATA_DIR")
        }
        return Finding(.ok, "DATA_DIR", "\(directory), no database yet: the first start or import makes it")
    }

    /// Parts are tried on a store of their own: a check must not leave an empty database behind.
    private func elsewhere(_ settings: Settings) throws -> Settings {
        var environment = environment
        environment["DATA_DIR"] = Self.scratch
        return try SettingsSource(environment: environment).load().settings
    }

    /// A Redis nearby answers within a fraction of this.
    private static let patience = Duration.seconds(1)
    private static let scratch = FileManager.default.temporaryDirectory
        .appendingPathComponent("thermocline-check-\(ProcessInfo.processInfo.processIdentifier)").path
}
