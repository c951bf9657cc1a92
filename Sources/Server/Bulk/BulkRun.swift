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
    /// Of long lines a batch has fewer: an item takes several times its size while its words are found and indexed, and
    /// there are four batches: one that arrives, one that waits, one that is prepared and one that is stored.
    static let batchBytes = 512 << 10
    /// A full write queue empties within a second or so; a stream waits for that rather than lose a batch.
    static let overloadRetries = 50
    static let overloadPause = Duration.milliseconds(100)

    private let ingest: Ingest
    private let onError: OnError
    private let logger: Logger

    private(set) var isStopped = false
    private var lineCount = 0
    private var created = 0
    private var replaced = 0
    private var unchanged = 0
    private var failed = 0

    init(ingest: Ingest, onError: OnError, logger: Logger) {
        self.ingest = ingest
        self.onError = onError
        self.logger = logger
    }

    /// Stores what was valid of a batch; nothing once the run is stopped.
    ///
    /// - Returns: NDJSON, a line for each line that failed.
    mutating func store(_ batch: BulkBatch) async -> [UInt8] {
        guard !isStopped else { return [] }
        var report = JSONWriter(reserving: 256)
        lineCount += batch.lineCount
        for failure in batch.failures { fail(failure.number, failure.error, in: &report) }
        guard let writes = batch.writes else { return report.bytes }
        do {
            for outcome in try await write(writes) { count(outcome) }
        } catch {
            let reason = ContractError(error)
            logger.error("A batch of a bulk stream was not stored", metadata: ["reason": "\(error)"])
            for number in batch.validNumbers { fail(number, reason, in: &report) }
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

    private func write(_ writes: PreparedWrites) async throws(ColdError) -> [ItemOutcome] {
        var attempt = 0
        while true {
            do throws(ColdError) {
                return try await ingest.put(writes)
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
