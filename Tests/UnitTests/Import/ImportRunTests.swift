import Foundation
import Import
import Knowledge
import Synchronization
import Testing

@Suite("A run of an import") struct ImportRunTests {
    @Test("All good records are put in order, the bad ones are kept apart with line, reason and text")
    func wholeFile() async throws {
        let folder = try ImportFolder()
        let path = try folder.write("a.ndjson", good(0..<5) + "oops\n" + good(5..<9))
        let store = RecordingStore()
        let summary = try await folder.run(path, batchSize: 4, into: store)
        #expect(summary.ending == .finished)
        #expect(summary.counts == ImportCounts(created: 9, rejected: 1))
        #expect(!summary.isComplete)
        #expect(store.issues == (0..<9).map { "issue \($0)" })
        let rejected = try String(contentsOfFile: try #require(summary.rejectedPath), encoding: .utf8)
        #expect(rejected.hasPrefix(#"{"line":6,"reason":"not JSON"#))
        #expect(rejected.hasSuffix("\"text\":\"oops\"}\n"))
        #expect(folder.shown.contains("a.ndjson:6: not JSON"))
    }

    @Test("A second run of the same file has nothing to do, unless it is asked to import it again")
    func secondRun() async throws {
        let folder = try ImportFolder()
        let path = try folder.write("a.ndjson", good(0..<10))
        let store = RecordingStore()
        _ = try await folder.run(path, into: store)
        let second = try await folder.run(path, into: store)
        #expect(second.ending == .nothingToDo)
        #expect(store.issues.count == 10)
        let again = try await folder.run(path, again: true, into: store)
        #expect(again.ending == .finished)
        #expect(again.counts == ImportCounts(unchanged: 10))
    }

    @Test("A file that has changed, another tenant and another store are imported from the beginning")
    func otherIdentities() async throws {
        let folder = try ImportFolder()
        let path = try folder.write("a.ndjson", good(0..<3))
        _ = try await folder.run(path, into: RecordingStore())
        #expect(try await folder.run(path, storeName: "other", into: RecordingStore()).counts.created == 3)
        let tenant = try #require(Tenant("other"))
        #expect(try await folder.run(path, tenant: tenant, into: RecordingStore()).counts.created == 3)
        _ = try folder.write("a.ndjson", good(0..<4))
        #expect(try await folder.run(path, into: RecordingStore()).counts.created == 4)
    }

    @Test("A run that fails is continued after the last acknowledged batch", arguments: SourceFormat.allCases)
    func resume(format: SourceFormat) async throws {
        let folder = try ImportFolder()
        let names = (0..<25).map { "issue \($0)" }
        let path = try folder.write("a.\(format.rawValue)", RecordReaderTests.written(names, as: format))
        let store = RecordingStore(failingAtBatch: 3)
        await #expect(throws: RecordingStore.Failure.self) { try await folder.run(path, batchSize: 4, into: store) }
        #expect(store.issues.count == 12)
        store.heal()
        let summary = try await folder.run(path, batchSize: 4, into: store)
        #expect(summary.ending == .finished)
        #expect(summary.counts == ImportCounts(created: 25))
        #expect(store.issues == names)
        #expect(folder.shown.contains("going on after the first 12 records"))
    }

    @Test("Records rejected behind the last acknowledged batch are not kept twice") func rejectedOnce() async throws {
        let folder = try ImportFolder()
        let path = try folder.write("a.ndjson", "bad one\n" + good(0..<4) + "bad two\n" + good(4..<8) + "bad three\n")
        let store = RecordingStore(failingAtBatch: 1)
        await #expect(throws: RecordingStore.Failure.self) { try await folder.run(path, batchSize: 5, into: store) }
        // As if the process had died between keeping a rejected record and noting it in the journal.
        let rejectedPath = path + ".rejected.ndjson"
        let earlier = try String(contentsOfFile: rejectedPath, encoding: .utf8)
        try (earlier + "half a li").write(toFile: rejectedPath, atomically: false, encoding: .utf8)
        store.heal()
        let summary = try await folder.run(path, batchSize: 5, into: store)
        #expect(summary.counts == ImportCounts(created: 8, rejected: 3))
        let lines = try String(contentsOfFile: rejectedPath, encoding: .utf8).split(separator: "\n")
        #expect(lines.map { $0.prefix(10) } == [#"{"line":1,"#, #"{"line":6,"#, #"{"line":11"#])
    }

    @Test("Asked to, it stops at the first bad record with all before it imported") func stopAtBad() async throws {
        let folder = try ImportFolder()
        let path = try folder.write("a.ndjson", good(0..<6) + "bad\n" + good(6..<9))
        let store = RecordingStore()
        let summary = try await folder.run(path, batchSize: 4, stopsAtBadRecord: true, into: store)
        #expect(summary.ending == .stoppedAtBadRecord(line: 7))
        #expect(store.issues.count == 6)
        #expect(try await folder.run(path, into: store).counts == ImportCounts(created: 9, rejected: 1))
    }

    @Test("A request to stop is heard after the batch in hand, and the next run goes on there") func stop() async throws
    {
        let folder = try ImportFolder()
        let path = try folder.write("a.ndjson", good(0..<20))
        let stop = StopRequest()
        let store = RecordingStore { batch in if batch == 2 { stop.make() } }
        let summary = try await folder.run(path, batchSize: 4, stop: stop, into: store)
        #expect(summary.ending == .interrupted)
        // A batch may have been handed over while the one before was stored.
        #expect((12..<20).contains(summary.counts.created))
        #expect(try await folder.run(path, batchSize: 4, into: store).counts.created == 20)
        #expect(store.issues == (0..<20).map { "issue \($0)" })
    }

    @Test("Items that the receiver refuses are rejected with their line") func refused() async throws {
        let folder = try ImportFolder()
        let path = try folder.write("a.ndjson", good(0..<3))
        let summary = try await folder.run(path) { items in
            BatchReceipt(created: items.count - 1, refused: [1: "category is closed"])
        }
        #expect(summary.counts == ImportCounts(created: 2, rejected: 1))
        #expect(folder.shown.contains("a.ndjson:2: category is closed"))
    }

    @Test("Only the first twenty bad records are shown one by one") func manyBad() async throws {
        let folder = try ImportFolder()
        let path = try folder.write("a.ndjson", String(repeating: "bad\n", count: 30))
        let summary = try await folder.run(path, into: RecordingStore())
        #expect(summary.counts.rejected == 30)
        #expect(folder.shown.components(separatedBy: "not JSON").count - 1 == 20)
        #expect(folder.shown.contains("more bad records are only in"))
    }

    @Test("A journal that is torn or of another state counts as none") func tornJournal() async throws {
        let folder = try ImportFolder()
        let identity = ImportJournal.Identity(
            path: "/a", byteCount: 1, modifiedNanoseconds: 2, tenant: "default", store: "s")
        var journal = ImportJournal(identity)
        journal.recordsAcknowledged = 7
        try journal.save(dataDirectory: folder.path)
        #expect(ImportJournal.load(identity, dataDirectory: folder.path) == journal)
        let location = ImportJournal.location(of: identity, dataDirectory: folder.path)
        let whole = try Data(contentsOf: URL(fileURLWithPath: location))
        for length in 0..<whole.count {
            try whole.prefix(length).write(to: URL(fileURLWithPath: location))
            #expect(ImportJournal.load(identity, dataDirectory: folder.path) == nil)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/imports").count == 1)
    }

    @Test("What cannot be opened is said in one line") func unreadable() async throws {
        let folder = try ImportFolder()
        await #expect(throws: ImportFailure.cannotOpen(path: folder.path, reason: "it is a folder")) {
            try await folder.run(folder.path, into: RecordingStore())
        }
        await #expect(throws: ImportFailure.cannotOpen(path: "/no/such", reason: "No such file or directory")) {
            try await folder.run("/no/such", into: RecordingStore())
        }
    }

    private func good(_ range: Range<Int>) -> String {
        range.map { #"{"issue":"issue \#($0)","resolution":"r"}"# + "\n" }.joined()
    }
}

/// A folder that goes away with the test, with what an import showed.
private final class ImportFolder: Sendable {
    let path: String
    private let output = Mutex("")

    var shown: String { output.withLock { $0 } }

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("import-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws -> String {
        let file = path + "/" + name
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        return file
    }

    func run(
        _ file: String, tenant: Tenant = .default, storeName: String = "store", batchSize: Int = 256,
        stopsAtBadRecord: Bool = false, again: Bool = false, stop: StopRequest = StopRequest(),
        put: @escaping @Sendable ([ItemContent]) async throws -> BatchReceipt
    ) async throws -> ImportSummary {
        let options = ImportRun.Options(
            tenant: tenant, store: storeName, dataDirectory: path, batchSize: batchSize,
            stopsAtBadRecord: stopsAtBadRecord, again: again)
        let display = ProgressDisplay(columns: nil) { text in self.output.withLock { $0 += text } }
        return try await ImportRun(path: file, options: options, stop: stop, display: display).run(put: put)
    }

    func run(
        _ file: String, tenant: Tenant = .default, storeName: String = "store", batchSize: Int = 256,
        stopsAtBadRecord: Bool = false, again: Bool = false, stop: StopRequest = StopRequest(),
        into store: RecordingStore
    ) async throws -> ImportSummary {
        try await run(
            file, tenant: tenant, storeName: storeName, batchSize: batchSize, stopsAtBadRecord: stopsAtBadRecord,
            again: again, stop: stop, put: store.put)
    }
}

/// Takes items as a store does, and fails when told to.
private final class RecordingStore: Sendable {
    struct Failure: Error {}

    private struct State {
        var issues: [String] = []
        var batches = 0
        var failing: Int?
    }

    private let state: Mutex<State>
    private let afterBatch: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - batch: number, from 0, of the batch that fails.
    ///   - afterBatch: called with the number of each batch taken.
    init(failingAtBatch batch: Int? = nil, afterBatch: @escaping @Sendable (Int) -> Void = { _ in }) {
        state = Mutex(State(failing: batch))
        self.afterBatch = afterBatch
    }

    var issues: [String] { state.withLock { $0.issues } }
    func heal() { state.withLock { $0.failing = nil } }

    @Sendable func put(_ items: [ItemContent]) async throws -> BatchReceipt {
        let (receipt, batch) = try state.withLock { state in
            guard state.batches != state.failing else { throw Failure() }
            let new = items.map(\.issue).filter { !state.issues.contains($0) }
            state.issues += new
            state.batches += 1
            return (BatchReceipt(created: new.count, unchanged: items.count - new.count), state.batches - 1)
        }
        afterBatch(batch)
        return receipt
    }
}
