import ArgumentParser
import Knowledge

struct KeysListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List keys: id, tenant, role, when made, state, name.")

    @Option(help: "Whose; by default all that may be seen.", transform: Tenant.parsed(from:))
    var tenant: Tenant?

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let lines = try await AccessTarget.withOpen(server) { target in
            try await target.listKeys(of: tenant)
        }
        for line in lines { print(line.text) }
    }
}
