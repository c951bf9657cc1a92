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
        /// Of items with prepared vectors: as many as a segment of the store has.
        public static let vectorBatchSize = 4_096
        public static let maximumBatchSize = 10_000

        public let tenant: Tenant
        /// The store's UUID.
        public let store: String
        public let dataDirectory: String
        public let batchSize: Int
        public let stopsAtBadRecord: Bool
        /// Do not look at what earlier runs did.
        public let again: Bool
        /// Prepared vectors, a row for each record.
        public let vectors: VectorFile?

        public init(
            tenant: Tenant, store: String, dataDirectory: String, batchSize: Int = Options.defaultBatchSize,
            stopsAtBadRecord: Bool = false, again: Bool = false, vectors: VectorFile? = nil
        ) {
            self.vectors = vectors
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
    static let maximumBatchByteCount = 16 * 1024 * 1024

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
    public func run(
        put: @escaping @Sendable ([ItemContent]) async throws -> BatchReceipt
    ) async throws -> ImportSummary {
        try await run(prepare: { items, _ in items }, put: put)
    }

    /// - Parameters:
    ///   - prepare: makes of items, and their prepared vectors if there are any, what `put` takes. Meanwhile the batch
    ///     before is put.
    ///   - put: makes a batch durable; one at a time, in order.
    public func run<Prepared: Sendable>(
        prepare: ([ItemContent], [[Float]]?) throws -> Prepared,
        put: @escaping @Sendable (Prepared) async throws -> BatchReceipt
    ) async throws -> ImportSummary {
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
        return try await putAll(&state, prepare: prepare, put: put)
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
        /// For each item the number of its record in the batch, from 0.
        var positions: [Int] = []
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
            tenant: options.tenant.name, store: options.store,
            vectors: options.vectors.map {
                "\(URL(fileURLWithPath: $0.path).standardizedFileURL.path) \($0.byteCount) \($0.modifiedNanoseconds)"
            })
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

    private func putAll<Prepared: Sendable>(
        _ state: inout State, prepare: ([ItemContent], [[Float]]?) throws -> Prepared,
        put: @escaping @Sendable (Prepared) async throws -> BatchReceipt
    ) async throws -> ImportSummary {
        var next = state.journal.recordsAcknowledged
        var underWay: (batch: Batch, receipt: Task<BatchReceipt, any Error>)?
        while true {
            let batch = Result { () throws(ImportFailure) in try nextBatch(&state.reader) }
            let prepared = batch.map { batch in Result { try self.prepared(batch, first: next, prepare) } }
            if let earlier = underWay {
                // Whatever became of this batch, the one before is put.
                try acknowledge(earlier.batch, await earlier.receipt.value, &state)
            }
            let current = try batch.get()
            let items = try prepared.get().get()
            next += current.recordCount
            let receipt = Task { () async throws -> BatchReceipt in
                if let items { try await put(items) } else { BatchReceipt() }
            }
            underWay = (current, receipt)
            guard let ending = current.ending else { continue }
            try acknowledge(current, await receipt.value, &state)
            return try end(ending, &state)
        }
    }

    /// `nil` when no item is in the batch.
    private func prepared<Prepared>(
        _ batch: Batch, first: Int, _ prepare: ([ItemContent], [[Float]]?) throws -> Prepared
    ) throws -> Prepared? {
        guard !batch.items.isEmpty else { return nil }
        guard let file = options.vectors else { return try prepare(batch.items, nil) }
        let last = batch.positions.last ?? 0
        let rows = try file.rows(first..<first + last + 1)
        return try prepare(batch.items, batch.positions.map { rows[$0] })
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
                batch.positions.append(batch.recordCount)
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
