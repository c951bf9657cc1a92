import Access
import ColdTier
import Knowledge
import Logging
import Pipeline

/// Stores the lines of one bulk stream batch by batch and reports those that failed.
struct BulkRun {
    enum OnError: String, CaseIterable {
        /// Nothing after the first failed line is stored.
        case stop
        case `continue`
    }

    /// As many as are encoded and committed together: large enough to share one transaction's sync to disk.
    static let batchSize = 256
    /// Of long lines a batch has fewer: an item takes several times its size while its words are found and indexed.
    static let batchBytes = 1 << 20
    /// A full write queue empties within a second or so; a stream waits for that rather than lose a batch.
    static let overloadRetries = 50
    static let overloadPause = Duration.milliseconds(100)

    let ingest: Ingest
    let caller: Caller
    let onError: OnError
    let logger: Logger

    private(set) var isStopped = false
    private var lineCount = 0
    private var created = 0
    private var replaced = 0
    private var unchanged = 0
    private var failed = 0

    init(ingest: Ingest, caller: Caller, onError: OnError, logger: Logger) {
        self.ingest = ingest
        self.caller = caller
        self.onError = onError
        self.logger = logger
    }

    private typealias Parsed = (number: Int, content: ItemContent)

    /// Stores what is valid of `lines`.
    ///
    /// - Returns: NDJSON, a line for each line that failed.
    mutating func store(_ lines: [NumberedLine]) async -> [UInt8] {
        var report = JSONWriter(reserving: 256)
        var valid: [Parsed] = []
        for line in lines where !isStopped {
            lineCount += 1
            do throws(ContractError) {
                valid.append((line.number, try Self.content(of: line)))
            } catch {
                fail(line.number, error, in: &report)
            }
        }
        guard !valid.isEmpty else { return report.bytes }
        do {
            for outcome in try await write(valid.map(\.content)) { count(outcome) }
        } catch {
            let reason = ContractError(error)
            logger.error("A batch of a bulk stream was not stored", metadata: ["reason": "\(error)"])
            for line in valid { fail(line.number, reason, in: &report) }
            // What failed is the store, not a line: the lines to come would fail too.
            isStopped = true
        }
        return report.bytes
    }

    /// What became of the lines so far, for the audit log; empty while nothing was written.
    var auditDetails: [AuditEntry.Detail] {
        guard created + replaced > 0 else { return [] }
        return [
            .init("created", created), .init("replaced", replaced), .init("unchanged", unchanged),
            .init("failed", failed),
        ]
    }

    /// The last line of the reply.
    func summary() -> [UInt8] {
        var json = JSONWriter(reserving: 256)
        json.object { json in
            json.object("summary") { json in
                json.member("lines", lineCount)
                json.member("created", created)
                json.member("replaced", replaced)
                json.member("unchanged", unchanged)
                json.member("failed", failed)
                json.member("stopped", isStopped)
            }
        }
        json.newline()
        return json.bytes
    }

    private static func content(of line: NumberedLine) throws(ContractError) -> ItemContent {
        guard let bytes = line.bytes else {
            let limit = RequestBodyLimits.maximumLineBytes
            throw ContractError(413, "LINE_TOO_LARGE", "A line may have at most \(limit) bytes")
        }
        return try ItemRequest.content(JSONValue.object(bytes))
    }

    private func write(_ contents: [ItemContent]) async throws(ColdError) -> [ItemOutcome] {
        var attempt = 0
        while true {
            do throws(ColdError) {
                return try await ingest.put(batch: contents, skipUnchanged: true, for: caller)
            } catch {
                attempt += 1
                guard case .overloaded = error, attempt < Self.overloadRetries else { throw error }
                try? await Task.sleep(for: Self.overloadPause)
            }
        }
    }

    private mutating func count(_ outcome: ItemOutcome) {
        switch outcome {
        case .created: created += 1
        case .replaced: replaced += 1
        default: unchanged += 1
        }
    }

    private mutating func fail(_ number: Int, _ error: ContractError, in report: inout JSONWriter) {
        failed += 1
        if onError == .stop { isStopped = true }
        report.object { json in
            json.member("line", number)
            json.object("error") { json in
                json.member("code", error.code)
                json.member("message", error.message)
            }
            if !error.violations.isEmpty {
                json.array("detail") { json in
                    for violation in error.violations { violation.write(to: &json) }
                }
            }
        }
        report.newline()
    }
}
