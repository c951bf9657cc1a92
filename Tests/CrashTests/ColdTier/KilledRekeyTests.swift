import ColdTier
import Foundation
import GRDB
import Knowledge
import Sealing
import TestSupport
import Testing

/// A child that seals a store, or seals it anew, is killed at random points; it goes on, and nothing is lost or left.
@Suite struct KilledRekeyTests {
    private static let marker = "Zanzibar"

    @Test("Killed at any point, sealing and re-keying go on where they were, and leave nothing of before")
    func killed() async throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let directory = try TemporaryDirectory()
        let items = try await fill(directory.path)
        var phases: Set<Substring> = []
        var kills = 0
        for keys in [[1], [2, 1], [3, 2]] as [[UInt8]] {
            var isDone = false
            var lives = 0
            while !isDone {
                lives += 1
                try #require(lives < 60, "it makes no progress")
                // Longer and longer, so that it ends on a slow machine too.
                let output = try runProbe(
                    directory.path, keys, killedAfterMilliseconds: Int.random(in: 80...400 + 60 * lives, using: &random)
                )
                isDone = output.last == "sealed"
                if !isDone { kills += 1 }
                phases.formUnion(output.filter { $0.hasPrefix("at ") }.map { $0.split(separator: " ")[1] })
                try await verify(directory.path, keys, items)
            }
            #expect(try StoreBytes(in: directory.path).files(with: Self.marker) == [])
            // The old keys are not needed any more.
            try await verify(directory.path, Array(keys.prefix(1)), items)
        }
        print("killed \(kills) times, seen \(phases.sorted())")
        #expect(phases.isSuperset(of: ["items", "versions", "vacuum"]))
    }

    private func fill(_ directory: String) async throws -> [KnowledgeItem] {
        let store = try await ColdFixture.open(directory, dictionaryItems: 400)
        for start in stride(from: 0, to: 2_000, by: 500) {
            _ = try await store.write(
                (start..<start + 500).map { number in
                    try ColdFixture.put(
                        "\(Self.marker) issue \(number)", "\(Self.marker) restart the service of host \(number)")
                })
        }
        _ = try await store.write(
            (0..<300).map { try ColdFixture.put("\(Self.marker) issue \($0)", "\(Self.marker) restart it twice \($0)") }
        )
        let items = try await Self.items(store)
        await store.close()
        return items
    }

    private static func items(_ store: ColdTier) async throws -> [KnowledgeItem] {
        var items: [KnowledgeItem] = []
        let export = try await store.beginExport(tenant: .default)
        while case let batch = try await export.next(), !batch.isEmpty { items += batch }
        return items
    }

    private static func key(_ byte: UInt8) -> String {
        String(repeating: "0\(byte)", count: SealingKey.byteCount)
    }

    private func runProbe(_ directory: String, _ keys: [UInt8], killedAfterMilliseconds: Int) throws -> [Substring] {
        let process = Process()
        // Built beside the tests.
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("ColdWriterProbe")
        process.arguments = [directory, "rekey", keys.map(Self.key).joined(separator: ",")]
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

    private func verify(_ directory: String, _ keys: [UInt8], _ items: [KnowledgeItem]) async throws {
        let ring = KeyRing(
            current: try #require(SealingKey(text: Self.key(keys[0]))),
            old: keys.dropFirst().compactMap { SealingKey(text: Self.key($0)) })
        let store = try await ColdFixture.open(directory, keyRing: ring)
        #expect(try await Self.items(store) == items)
        for number in [3, 1_500] {
            let lexical = try await store.find("\(Self.marker) \(number)", strategy: .lexical, topK: 1)
            #expect(lexical.results.first?.item.content.issue == "\(Self.marker) issue \(number)")
            #expect(
                try await store.history(of: ItemID(Int64(number + 1)), tenant: .default).count == (number < 300 ? 1 : 0)
            )
        }
        await store.close()
        try await DatabaseQueue(path: directory + "/thermocline.sqlite").write { (db: Database) throws in
            #expect(try String.fetchOne(db, sql: "PRAGMA integrity_check") == "ok")
            try db.execute(sql: "INSERT INTO item_lexical(item_lexical) VALUES ('integrity-check')")
        }
    }
}
