import ColdTier
import Foundation
import GRDB
import Knowledge
import TestSupport
import Testing

/// A child that writes is killed at random points; what it was told is kept must be there.
@Suite struct KilledWriterTests {
    @Test("A killed writer leaves every acknowledged write, and rows, words and vectors that agree")
    func killed() async throws {
        let seed = SeededGenerator.announcedSeed()
        var random = SeededGenerator(seed: seed)
        var acknowledged = 0
        for round in 0..<6 {
            let directory = try TemporaryDirectory()
            // Twice in the same folder: the second child begins on what the first one left.
            var record = ProbeRecord()
            for life in 0..<2 {
                let milliseconds = Int.random(in: 60...900, using: &random)
                let output = try runProbe(
                    directory.path, seed: seed &+ UInt64(round * 10 + life), killedAfterMilliseconds: milliseconds)
                for line in output { try record.read(line) }
                acknowledged += output.count { $0.hasPrefix("done") }
                try await verify(directory.path, record)
            }
        }
        #expect(acknowledged > 100)
    }

    private func runProbe(_ directory: String, seed: UInt64, killedAfterMilliseconds: Int) throws -> [Substring] {
        let process = Process()
        // Built beside the tests.
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("ColdWriterProbe")
        process.arguments = [directory, String(seed)]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let child = process.processIdentifier
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(killedAfterMilliseconds)) {
            kill(child, SIGKILL)
        }
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        // The last line may have been cut by the kill.
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }

    private func verify(_ directory: String, _ record: ProbeRecord) async throws {
        let store = try await ColdFixture.open(directory)
        var items: [String: KnowledgeItem] = [:]
        let export = try await store.beginExport(tenant: .default)
        while case let batch = try await export.next(), !batch.isEmpty {
            for item in batch { items[item.content.tags[0]] = item }
        }
        for (key, allowed) in record.allowed {
            let found = items[key].flatMap { ProbeRecord.revision(of: $0) } ?? 0
            #expect(allowed.contains(found), "\(key): revision \(found) of \(allowed)")
        }
        #expect(Set(items.keys).isSubset(of: record.allowed.keys))
        #expect(store.statistics().items == items.count)
        #expect(store.statistics().itemsWithoutVector == 0)
        for item in items.values.prefix(200) {
            let vector = try await store.find(item.content.issue, strategy: .vector, topK: 1)
            #expect(vector.results.map(\.item) == [item])
            #expect(vector.results.map(\.similarity) == [1])
            let lexical = try await store.find(item.content.tags[0], strategy: .lexical, topK: 20)
            #expect(lexical.results.map(\.item) == [item])
        }
        await store.close()
        let count = items.count
        try await DatabaseQueue(path: directory + "/thermocline.sqlite").write { (db: Database) throws in
            #expect(try String.fetchOne(db, sql: "PRAGMA integrity_check") == "ok")
            try db.execute(sql: "INSERT INTO item_lexical(item_lexical) VALUES ('integrity-check')")
            let last = try Int.fetchOne(db, sql: "SELECT max(seq) FROM change") ?? 0
            let first = try Int.fetchOne(db, sql: "SELECT min(seq) FROM change") ?? 1
            #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM change") == last - first + 1)
            #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM item_lexical") == count)
            // A vector is in one place only.
            #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM vector") ?? 0 < max(count, 1))
            #expect(
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM segment_part WHERE key / 65536 NOT IN (SELECT id FROM segment)") == 0
            )
        }
    }
}
