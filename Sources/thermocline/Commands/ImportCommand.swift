import ArgumentParser
import Import
import Knowledge
import Server

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import knowledge from NDJSON, a JSON array or CSV.",
        discussion: """
            An item has issue (or description), resolution and, if you like, category and tags. JSON: tags is a list \
            of strings. CSV: the first row names the columns, tags are separated by ; and the format is told by the \
            name (.ndjson, .jsonl, .csv, .tsv) or the first character. Files may be of any size; a record may have \
            1 MiB.

            Bad records are reported with their lines and kept in FILE.rejected.ndjson; the others are imported. \
            An import that was cut short goes on where it was when the same command is given again. The exit code \
            is 0 only if every record went in.

            EXAMPLES
              thermocline import config/knowledge/*.ndjson
              thermocline import tickets.csv --on-error stop
              curl -s https://example.org/kb.json | thermocline import -
            """)

    @Argument(help: "Files to import, one after the other; - for the standard input.", completion: .file())
    var files: [String]

    @Option(help: "What a bad record does: continue or stop.") var onError = OnError.continue

    @Option(help: "Whose knowledge it becomes. (default: default)", transform: Tenant.parsed(from:))
    var tenant = Tenant.default

    @Option(help: "Items stored and acknowledged together, 1 to \(ImportRun.Options.maximumBatchSize).")
    var batchSize = ImportRun.Options.defaultBatchSize

    @Flag(help: "Import from the beginning what an earlier run imported.") var again = false

    enum OnError: String, ExpressibleByArgument, CaseIterable { case `continue`, stop }

    func validate() throws {
        guard (1...ImportRun.Options.maximumBatchSize).contains(batchSize) else {
            throw ValidationError("--batch-size must be from 1 to \(ImportRun.Options.maximumBatchSize)")
        }
    }

    func run() async throws {
        let settings = try Settings.fromEnvironment()
        let stop = StopRequest()
        let signals = SignalListener(stop)
        defer { signals.end() }
        let isComplete = try await KnowledgeTarget.withOpen(settings) { target in
            let options = ImportRun.Options(
                tenant: tenant, store: target.storeID, dataDirectory: settings.dataDirectory, batchSize: batchSize,
                stopsAtBadRecord: onError == .stop, again: again)
            return try await FileImports(files: files, options: options, stop: stop).run(into: target)
        }
        guard isComplete else { throw ExitCode.failure }
    }
}
