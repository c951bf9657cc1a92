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
            is 0 only if every record went in. Through --url, how far an import has come is kept in \
            ~/.local/state/thermocline (XDG_STATE_HOME).

            Vectors made elsewhere by the same encoder come along with --vectors: a NumPy file of float32 with a row \
            for each record, each of length 1. Some of them are compared with what the encoder makes of their items. \
            This needs the store to itself: stop the server before.

            EXAMPLES
              thermocline import config/knowledge/*.ndjson
              thermocline import tickets.csv --on-error stop
              thermocline import items.ndjson --vectors items.npy --vectors-encoder 0123456789abcdef
              thermocline import tickets.csv --url https://knowledge.example.org
              curl -s https://example.org/kb.json | thermocline import -
            """)

    @Argument(help: "Files to import, one after the other; - for the standard input.", completion: .file())
    var files: [String]

    @Option(help: "What a bad record does: continue or stop.") var onError = OnError.continue

    @Option(help: "Whose knowledge it becomes. (default: default)", transform: Tenant.parsed(from:))
    var tenant = Tenant.default

    @Option(
        help: """
            Items stored and acknowledged together, 1 to \(ImportRun.Options.maximumBatchSize). (default: \
            \(ImportRun.Options.defaultBatchSize), with vectors \(ImportRun.Options.vectorBatchSize))
            """)
    var batchSize: Int?

    @Option(help: "The items' vectors, a NumPy file; for one file of items.", completion: .file())
    var vectors: String?

    @Option(help: "Fingerprint of the encoder that made the vectors; thermocline check shows the store's.")
    var vectorsEncoder: String?

    @Flag(help: "Import from the beginning what an earlier run imported.") var again = false

    @OptionGroup var server: ServerOptions

    enum OnError: String, ExpressibleByArgument, CaseIterable { case `continue`, stop }

    func validate() throws {
        if let batchSize, !(1...ImportRun.Options.maximumBatchSize).contains(batchSize) {
            throw ValidationError("--batch-size must be from 1 to \(ImportRun.Options.maximumBatchSize)")
        }
        guard (vectors == nil) == (vectorsEncoder == nil) else {
            throw ValidationError("--vectors and --vectors-encoder belong together")
        }
        guard vectors == nil || (files.count == 1 && files != ["-"]) else {
            throw ValidationError("--vectors is for one file of items")
        }
    }

    func run() async throws {
        let stop = StopRequest()
        let signals = SignalListener(stop)
        defer { signals.end() }
        let isComplete = try await KnowledgeTarget.withOpen(server) { target in
            let vectors = try vectorFile(for: target)
            let usualBatchSize =
                vectors == nil ? ImportRun.Options.defaultBatchSize : ImportRun.Options.vectorBatchSize
            let options = ImportRun.Options(
                tenant: tenant, store: try await target.knowledgeID(), dataDirectory: target.journalFolder,
                batchSize: batchSize ?? usualBatchSize, stopsAtBadRecord: onError == .stop, again: again,
                vectors: vectors)
            return try await FileImports(files: files, options: options, stop: stop).run(into: target)
        }
        guard isComplete else { throw ExitCode.failure }
    }

    private func vectorFile(for target: KnowledgeTarget) throws -> VectorFile? {
        guard let vectors, let vectorsEncoder else { return nil }
        let store = try target.store(for: vectors)
        let file = try VectorFile(path: vectors)
        guard let encoder = store.encoder else { throw CommandFailure.vectorsNeedEncoder(path: vectors) }
        guard vectorsEncoder == encoder.fingerprint else {
            throw CommandFailure.otherEncoder(path: vectors, given: vectorsEncoder, wanted: encoder.fingerprint)
        }
        guard file.dimension == encoder.dimension else {
            throw CommandFailure.otherDimension(path: vectors, given: file.dimension, wanted: encoder.dimension)
        }
        return file
    }
}
