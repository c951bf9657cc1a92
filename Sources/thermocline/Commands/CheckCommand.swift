import ArgumentParser
import Foundation

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check settings and parts, and say what to do about what is wrong.",
        discussion: """
            Each line begins with ok, warn (the server runs without it) or bad (it does not). The exit code is 1 if \
            anything is bad.

            EXAMPLES
              thermocline check
              DATA_DIR=/srv/thermocline thermocline check --settings
            """)

    @Flag(help: "List every setting with its value and where it comes from.")
    var settings = false

    func run() async throws {
        let checkup = Checkup(environment: ProcessInfo.processInfo.environment, listsSettings: settings)
        let findings = await checkup.findings()
        for finding in findings { print(finding.line) }
        if findings.contains(where: { $0.grade == .bad }) { throw ExitCode.failure }
    }
}
