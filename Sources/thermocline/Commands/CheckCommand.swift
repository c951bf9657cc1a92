import ArgumentParser
import Foundation
import Server

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check settings and parts, and say what to do about what is wrong.",
        discussion: """
            Each line begins with ok, warn (the server runs without it) or bad (it does not). The exit code is 1 if \
            anything is bad. With --url the parts of that server are checked, and no settings.

            EXAMPLES
              thermocline check
              DATA_DIR=/srv/thermocline thermocline check --settings
              thermocline check --url https://knowledge.example.org
              thermocline check --ready
            """)

    @Flag(help: "List every setting with its value and where it comes from.")
    var settings = false

    @Flag(help: "Only ask the server whether it is ready; for the health checks of containers.")
    var ready = false

    @OptionGroup var server: ServerOptions

    func run() async throws {
        guard !ready else { return try await requireReady() }
        let findings: [Finding]
        if let url = server.serverURL {
            findings = await ServerCheckup(url: url, apiKey: server.serverKey).findings()
        } else {
            let checkup = Checkup(
                environment: ProcessInfo.processInfo.environment, listsSettings: settings, apiKey: server.serverKey)
            findings = await checkup.findings()
        }
        for finding in findings { print(finding.line) }
        if findings.contains(where: { $0.grade == .bad }) { throw ExitCode.failure }
    }
    private func requireReady() async throws {
        if let url = server.serverURL {
            return try await KnowledgeServer(url: url, apiKey: server.serverKey).use { try await $0.requireReady() }
        }
        let directory = try Settings.fromEnvironment().dataDirectory
        guard let found = try KnowledgeServer.find(dataDirectory: directory, apiKey: server.serverKey) else {
            throw CommandFailure.noServer(directory: directory)
        }
        try await found.use { try await $0.requireReady() }
    }
}
