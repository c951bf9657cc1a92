import Access
import ArgumentParser
import Knowledge

struct KeysCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a key and print it, this once.")

    @Option(
        help: """
            What it may: \(Role.allCases.map(\.rawValue).joined(separator: ", ")); each may also do what those before \
            it may.
            """,
        transform: Role.parsed(from:))
    var role: Role

    @Option(help: "Whose it is; by default of whoever asks, without a server default.", transform: Tenant.parsed(from:))
    var tenant: Tenant?

    @Option(help: "What people call it.") var name = ""

    @OptionGroup var server: ServerOptions

    func validate() throws {
        guard name.unicodeScalars.count <= KeyRecord.maximumNameLength else {
            throw ValidationError("--name may have \(KeyRecord.maximumNameLength) characters")
        }
    }

    func run() async throws {
        let created = try await AccessTarget.withOpen(server) { target in
            try await target.createKey(tenant: tenant, role: role, name: name)
        }
        StandardError.write("\(created.key.role) of tenant \(created.key.tenant), id \(created.key.id):")
        print(created.text)
    }
}

extension Role {
    fileprivate static func parsed(from argument: String) throws -> Role {
        guard let role = Role(rawValue: argument) else {
            throw ValidationError("a role is one of " + allCases.map(\.rawValue).joined(separator: ", "))
        }
        return role
    }
}
