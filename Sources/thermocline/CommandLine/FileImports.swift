import Import
import Knowledge

/// Imports files one after the other, until one ends before its end.
struct FileImports {
    /// "-" is the standard input.
    let files: [String]
    let options: ImportRun.Options
    let stop: StopRequest

    /// - Returns: whether every record of every file went in.
    func run(into target: KnowledgeTarget) async throws -> Bool {
        var isComplete = true
        for file in files {
            let run = ImportRun(
                path: file == "-" ? nil : file, options: options, stop: stop, display: .standardError())
            let summary = try await run.run { items in try await target.put(items, for: options.tenant) }
            StandardError.write(summary.text)
            isComplete = isComplete && summary.isComplete
            guard summary.allowsNext else { return false }
        }
        return isComplete
    }
}
