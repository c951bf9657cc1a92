import ArgumentParser

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Create, list and revoke the keys that callers come in with.",
        discussion: """
            Works on DATA_DIR, or through the server that has it: then THERMOCLINE_API_KEY, or else the operator.key \
            in DATA_DIR, says who asks. Who has a key that is revoked is refused at once.

            EXAMPLES
              thermocline keys create --role writer --tenant payments --name "ticket importer"
              thermocline keys list
              thermocline keys revoke hq3vtn2ljy4xk5ac
            """,
        subcommands: [KeysCreateCommand.self, KeysListCommand.self, KeysRevokeCommand.self])
}
