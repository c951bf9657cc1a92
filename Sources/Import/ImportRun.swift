import Foundation
public import Knowledge

/// One import of one source, from opening it to its summary.
///
/// Records are read and checked, gathered into batches and put one batch after the other; only when a batch is
/// acknowledged does the journal say so. So a run that ends in any way, killed included, is continued by the
/// next one without losing or repeating more than the batch that was under way, and repeating it changes
/// nothing, for the store finds those items unchanged.
///
/// Reads and writes of files block: the actor runs on a thread of its own.
public actor ImportRun {
    public struct Options: Sendable {
        public static let defaultBatchSize = 256
        public static let maximumBatchSize = 10_000

        public let tenant: Tenant
        /// The store's UUID.
        public let store: String
        public let dataDirectory: String
        public let batchSize: Int
        public let stopsAtBadRecord: Bool
        /// Do not look at what earlier runs did.
        public let again: Bool

        public init(
            tenant: Tenant, store: String, dataDirectory: String, batchSize: Int = Options.defaultBatchSize,
            stopsAtBadRecord: Bool = false, again: Bool = false
        ) {
            self.tenant = tenant
            self.store = store
            self.dataDirectory = dataDirectory
            self.batchSize = min(max(batchSize, 1), Self.maximumBatchSize)
            self.stopsAtBadRecord = stopsAtBadRecord
            self.again = again
        }
    }

    /// Bad records that are shown one by one; the rest is in their file.
    public static let shownRejections = 20
    /// A batch of long items is put before it has `batchSize` of them, so that memory stays bounded.
    static let maximumBatchByteCount = 4 * 1024 * 1024

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let executor = QueueExecutor(label: "thermocline.import")
    private let path: String?
    private let format: SourceFormat?
    private let options: Options
    private let stop: StopRequest
    private var display: ProgressDisplay
    private let clock = ContinuousClock()

    /// - Parameters:
    ///   - path: `nil` for the standard input, of which no journal is kept.
    ///   - format: `nil` to tell it from name and content.
    public init(
        path: String?, format: SourceFormat? = nil, options: Options, stop: StopRequest, display: ProgressDisplay
    ) {
        self.path = path
        self.format = format ?? path.flatMap(SourceFormat.init(fileName:))
        self.options = options
        self.stop = stop
        self.display = display
    }

    /// - Parameter put: makes a batch durable, in order; what it throws ends the run, and the journal stays at
    ///   the batch before.
    /// - Throws: `ImportFailure`, or what `put` threw.
    public func run(put: @Sendable ([ItemContent]) async throws -> BatchReceipt) async throws -> ImportSummary {
        let file = try InputFile(path: path)
        var journal = ImportJournal(identity(of: file))
        if let earlier = earlierJournal(journal.identity) { journal = earlier }
        guard !journal.isDone else {
            return ImportSummary(
                name: name, ending: .nothingToDo, counts: journal.counts, elapsed: .zero, rejectedPath: nil,
                isResumable: true)
        }
        var state = State(
            reader: try RecordReader(file.reader(stop: stop), format: format),
            rejected: try RejectedRecords(
                source: path, fallback: ImportJournal.folder(in: options.dataDirectory),
                keeping: journal.rejectedByteCount),
            progress: ImportProgress(name: name, totalBytes: file.byteCount), journal: journal, start: clock.now)
        try resume(&state)
        return try await putAll(&state, put: put)
    }

    /// What changes while it runs.
    private struct State {
        var reader: RecordReader
        var rejected: RejectedRecords
        var progress: ImportProgress
        var journal: ImportJournal
        let start: ContinuousClock.Instant
    }

    private struct Batch {
        var items: [ItemContent] = []
        /// For each item the record it was.
        var records: [SourceRecord] = []
        var bad: [SourceRecord] = []
        var byteCount = 0
        var endOffset: Int?
        var ending: ImportSummary.Ending?

        var recordCount: Int { records.count + bad.count }
    }

    private var name: String { path.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "standard input" }

    private func identity(of file: InputFile) -> ImportJournal.Identity {
        ImportJournal.Identity(
            path: path.map { URL(fileURLWithPath: $0).standardizedFileURL.path } ?? "",
            byteCount: file.byteCount ?? 0, modifiedNanoseconds: file.modifiedNanoseconds,
            tenant: options.tenant.name, store: options.store)
    }

    private func earlierJournal(_ identity: ImportJournal.Identity) -> ImportJournal? {
        guard path != nil, !options.again else { return nil }
        return ImportJournal.load(identity, dataDirectory: options.dataDirectory)
    }

    private func resume(_ state: inout State) throws(ImportFailure) {
        let count = state.journal.recordsAcknowledged
        guard count > 0 else { return }
        state.progress.resumedBytes = try state.reader.skip(count)
        state.progress.bytes = state.progress.resumedBytes
        state.progress.resumedRecords = count
        state.progress.records = count
        state.progress.rejected = state.journal.counts.rejected
        display.note("\(name): going on after the first \(count.grouped) records, which an earlier run imported")
    }

    private func putAll(
        _ state: inout State, put: @Sendable ([ItemContent]) async throws -> BatchReceipt
    ) async throws -> ImportSummary {
        while true {
            let batch = try nextBatch(&state.reader)
            let receipt = batch.items.isEmpty ? BatchReceipt() : try await put(batch.items)
            try acknowledge(batch, receipt, &state)
            guard let ending = batch.ending else { continue }
            return try end(ending, &state)
        }
    }

    /// Records until the batch is full, the source is at its end, or something asks to stop.
    private func nextBatch(_ reader: inout RecordReader) throws(ImportFailure) -> Batch {
        var batch = Batch()
        while batch.recordCount < options.batchSize, batch.byteCount < Self.maximumBatchByteCount {
            let record = try reader.next()
            // Once a stop is asked for, the source reads as if it ended: this record may be cut short.
            guard !stop.isMade else {
                batch.ending = .interrupted
                return batch
            }
            guard let record else {
                batch.ending = .finished
                return batch
            }
            switch record.outcome {
            case .item(let content):
                batch.items.append(content)
                batch.records.append(record)
            case .bad(let defect, _):
                if options.stopsAtBadRecord {
                    display.note(Self.rejectionLine(name, record.line, defect))
                    batch.ending = .stoppedAtBadRecord(line: record.line)
                    return batch
                }
                batch.bad.append(record)
            }
            batch.byteCount += record.byteCount
            batch.endOffset = record.endOffset
        }
        return batch
    }

    private func acknowledge(_ batch: Batch, _ receipt: BatchReceipt, _ state: inout State) throws(ImportFailure) {
        state.journal.counts.add(receipt)
        for record in batch.bad {
            guard case .bad(let defect, let text) = record.outcome else { continue }
            try reject(line: record.line, defect, text: text, &state)
        }
        for (position, reason) in receipt.refused.sorted(by: { $0.key < $1.key })
        where batch.records.indices.contains(position) {
            try reject(line: batch.records[position].line, .refused(reason), text: batch.items[position].json, &state)
        }
        state.journal.recordsAcknowledged += batch.recordCount
        state.journal.rejectedByteCount = state.rejected.byteCount
        state.journal.isDone = batch.ending == .finished
        if path != nil { try state.journal.save(dataDirectory: options.dataDirectory) }
        state.progress.records = state.journal.recordsAcknowledged
        state.progress.rejected = state.journal.counts.rejected
        state.progress.bytes = batch.endOffset ?? state.progress.bytes
        state.progress.elapsed = clock.now - state.start
        display.show(state.progress)
    }

    private func reject(line: Int, _ defect: RecordDefect, text: String, _ state: inout State) throws(ImportFailure) {
        state.journal.counts.rejected += 1
        if state.journal.counts.rejected <= Self.shownRejections {
            display.note(Self.rejectionLine(name, line, defect))
        } else if state.journal.counts.rejected == Self.shownRejections + 1 {
            display.note("\(name): more bad records are only in \(state.rejected.path)")
        }
        try state.rejected.add(line: line, defect, text: text)
    }

    private static func rejectionLine(_ name: String, _ line: Int, _ defect: RecordDefect) -> String {
        "\(name):\(line): \(defect)"
    }

    private func end(_ ending: ImportSummary.Ending, _ state: inout State) throws(ImportFailure) -> ImportSummary {
        if ending == .finished, let total = state.progress.totalBytes { state.progress.bytes = total }
        state.progress.elapsed = clock.now - state.start
        display.show(state.progress, isLast: true)
        return ImportSummary(
            name: name, ending: ending, counts: state.journal.counts, elapsed: state.progress.elapsed,
            rejectedPath: state.journal.counts.rejected > 0 ? state.rejected.path : nil, isResumable: path != nil)
    }
}
