import ArgumentParser
import Server

/// The command `thermocline`. Exit codes: 0 done, 1 failed, 64 wrong usage.
@main struct Thermocline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "thermocline",
        abstract: "A knowledge base that answers with known resolutions, from three tiers of storage.",
        discussion: """
            Settings come from the environment and from a file (`thermocline config`); `thermocline serve --help` lists them, `thermocline check` shows \
            what is in force. The commands that read or write knowledge go through the server that has DATA_DIR \
            open, or open it themselves when none has; with --url or THERMOCLINE_URL they go to that server.

            EXAMPLES
              thermocline import config/knowledge/*.ndjson
              thermocline serve
              thermocline query "npm install hangs behind a proxy" --explain
              thermocline backup
            """,
        version: ThermoclineServer.version,
        subcommands: [
            ServeCommand.self, ImportCommand.self, ExportCommand.self, QueryCommand.self, CheckCommand.self,
            ConfigCommand.self, KeysCommand.self, AuditCommand.self,
            BackupCommand.self, RestoreCommand.self, VerifyCommand.self, RekeyCommand.self,
        ])
}
