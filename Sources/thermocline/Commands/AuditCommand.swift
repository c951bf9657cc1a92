import ArgumentParser

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Look after the audit log.", subcommands: [AuditVerifyCommand.self])
}

struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Walk along the audit log and name the first line where its chain is broken.",
        discussion: """
            The exit code is 1 if it is. The chain alone does not show that lines at its end were cut off, or that \
            all of it was made anew: note the last number and hash elsewhere, and compare.
            """)

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let report = try await AccessTarget.withOpen(server) { target in
            try await target.verifyAudit()
        }
        print(report.text)
        if !report.isIntact { throw ExitCode.failure }
    }
}
