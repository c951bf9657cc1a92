import ArgumentParser
import Foundation

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
            """)

    @Flag(help: "List every setting with its value and where it comes from.")
    var settings = false

    @OptionGroup var server: ServerOptions

    func run() async throws {
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
}
