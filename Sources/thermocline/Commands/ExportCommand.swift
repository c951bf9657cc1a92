import ArgumentParser
import Import
import Knowledge

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all knowledge of a tenant as NDJSON, as of one moment.",
        discussion: """
            A file appears only when it is whole. What is written can be imported again.

            EXAMPLES
              thermocline export > knowledge.ndjson
              thermocline export --output knowledge.ndjson
              thermocline export --url https://knowledge.example.org --output knowledge.ndjson
            """)

    @Option(name: .shortAndLong, help: "File to write; the standard output if none is given.", completion: .file())
    var output: String?

    @Option(help: "Whose knowledge. (default: default)", transform: Tenant.parsed(from:))
    var tenant = Tenant.default

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let file = try ExportFile(path: output)
        let count = try await KnowledgeTarget.withOpen(server) { target in
            try await target.export(tenant) { lines in try file.write(lines) }
            return try file.finish()
        }
        StandardError.write("\(count.grouped) items exported" + (output.map { " to \($0)" } ?? ""))
    }
}
