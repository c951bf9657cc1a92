import Import
import Knowledge
import Server

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
            let summary = try await summary(of: run, file: file, target)
            StandardError.write(summary.text)
            isComplete = isComplete && summary.isComplete
            guard summary.allowsNext else { return false }
        }
        return isComplete
    }

    private func summary(of run: ImportRun, file: String, _ target: KnowledgeTarget) async throws -> ImportSummary {
        let tenant = options.tenant
        guard let vectors = options.vectors else {
            return try await run.run { items in try await target.put(items, for: tenant) }
        }
        let store = try target.store(for: vectors.path)
        try await VectorImport(vectors: vectors, of: file).check(stop: stop) { try await store.encode($0) }
        let summary = try await run.run { items, vectors in
            store.prepare(items, vectors: vectors ?? [], for: tenant)
        } put: { items in
            let stored = try await store.put(items)
            return BatchReceipt(created: stored.created, replaced: stored.replaced, unchanged: stored.unchanged)
        }
        try await store.finishBulk()
        return summary
    }
}
