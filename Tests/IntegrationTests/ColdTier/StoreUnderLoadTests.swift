import ColdTier
import Foundation
import GRDB
import Knowledge
import Synchronization
import TestSupport
import Testing

@Suite struct StoreUnderLoadTests {
    private let directory: TemporaryDirectory
    private var file: String { directory.path + "/thermocline.sqlite" }

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("An acknowledged write is seen by the very next search, while others write")
    func readYourWrites() async throws {
        let store = try await ColdFixture.open(directory.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    for number in 0..<25 {
                        let issue = "writer\(writer) number\(number)"
                        let item = try await store.put(ColdFixture.put(issue))
                        let after = store.changeNumber
                        for strategy in [SearchStrategy.vector, .lexical, .hybrid] {
                            let answer = try await store.find(issue, strategy: strategy)
                            #expect(answer.results.first?.item == item, "\(issue) by \(strategy)")
                            #expect(answer.changeNumber >= after)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(store.changeNumber == ChangeNumber(200))
        #expect(store.statistics().transactions < 200)
        await store.close()
    }

    @Test("An export is the state at its beginning, whatever is written meanwhile")
    func export() async throws {
        let store = try await ColdFixture.open(directory.path)
        _ = try await store.write((0..<1_000).map { try ColdFixture.put("issue \($0)", "old") })
        var exported: [KnowledgeItem] = []
        var batches = 0
        let export = try await store.beginExport(tenant: .default)
        while case let batch = try await export.next(), !batch.isEmpty {
            batches += 1
            exported += batch
            _ = try await store.write((0..<50).map { try ColdFixture.put("issue \($0 * 20)", "new") })
            _ = try await store.write([ColdFixture.put("late \(batches)")])
        }
        #expect(exported.count == 1_000)
        #expect(batches == 4)
        #expect(exported.allSatisfy { $0.content.resolution == "old" && $0.version == 1 })
        await store.close()
    }

    @Test("There are so many exports at once; one that is let go makes room")
    func boundedExports() async throws {
        let store = try await ColdFixture.open(directory.path)
        var exports: [ItemExport] = []
        for _ in 0..<ColdTier.maximumExports { exports.append(try await store.beginExport(tenant: .default)) }
        await #expect(throws: ColdError.overloaded) { _ = try await store.beginExport(tenant: .default) }
        exports.removeLast()
        // The queue that made it lets go of it a moment after handing it over.
        var another: ItemExport?
        for _ in 0..<500 where another == nil {
            another = try? await store.beginExport(tenant: .default)
            if another == nil { try await Task.sleep(for: .milliseconds(2)) }
        }
        #expect(try await another?.next().isEmpty == true)
        await store.close()
    }

    @Test("Whatever happens to segments, the answers heal")
    func damagedSegments() async throws {
        let issues = (0..<9_000).map { "disk\($0 % 97) is full\($0 % 31) on host\($0)" }
        var store = try await ColdFixture.open(directory.path)
        for start in stride(from: 0, to: issues.count, by: 500) {
            _ = try await store.write(issues[start..<start + 500].map { try ColdFixture.put($0) })
        }
        _ = try await store.write(
            (0..<300).map { .delete(id: ItemID(Int64($0 * 7 + 1)), tenant: .default, expectedVersion: nil) })
        try store.sealBlocks()
        #expect(store.statistics().segments >= 2)
        func answers(_ store: ColdTier) async throws -> [[RankedItem]] {
            var answers: [[RankedItem]] = []
            for question in ["disk3 is full9", "host77", "disk50 host4000 full2"] {
                answers.append(try await store.find(question, strategy: .vector, topK: 20, minScore: 0).results)
            }
            return answers
        }
        let expected = try await answers(store)
        #expect(expected.allSatisfy { $0.count == 20 })
        await store.close()
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))

        let codes = "key % 65536 = 0"
        let flipped = "substr(data, 1, length(data) / 2) || x'55' || substr(data, length(data) / 2 + 2)"
        let harmless = [
            "SELECT 1", "DELETE FROM segment_part WHERE \(codes)", "UPDATE segment_part SET data = x'' WHERE \(codes)",
            "UPDATE segment_part SET data = \(flipped) WHERE \(codes)",
        ]
        let harmful = [
            "DELETE FROM segment", "DELETE FROM segment_part", "DELETE FROM segment_part WHERE NOT \(codes)",
            "UPDATE segment_part SET data = \(flipped)", "UPDATE segment_part SET data = substr(data, 1, 100)",
            "UPDATE segment SET header = substr(header, 1, 200)", "UPDATE segment SET header = x''",
            "UPDATE segment SET header = (SELECT header FROM segment ORDER BY id LIMIT 1)",
            "UPDATE segment_part SET data = coalesce((SELECT p.data FROM segment_part p WHERE p.key > segment_part.key LIMIT 1), x'')",
        ]
        for damage in harmless + harmful {
            try whole.write(to: URL(fileURLWithPath: file))
            try await DatabaseQueue(path: file).write { try $0.execute(sql: damage) }
            store = try await ColdFixture.open(directory.path)
            await store.waitForOriginals()
            // What the background has found goes through the writer's queue.
            _ = try await store.writerPragma("user_version")
            #expect((store.statistics().itemsWithoutVector > 0) == harmful.contains(damage), "\(damage)")
            try await store.embedMissing()
            #expect(try await answers(store) == expected, "\(damage)")
            #expect(store.statistics().itemsWithoutVector == 0, "\(damage)")
            try store.sealBlocks()
            await store.close()
            store = try await ColdFixture.open(directory.path)
            #expect(try await answers(store) == expected, "\(damage), opened again")
            #expect(store.statistics().itemsWithoutVector == 0, "\(damage), opened again")
            await store.close()
        }
    }

    @Test("Searches while originals are still on disk find what they find later")
    func lazyOriginals() async throws {
        var store = try await ColdFixture.open(directory.path)
        _ = try await store.write((0..<4_096).map { try ColdFixture.put("disk\($0 % 97) is full on host\($0)") })
        #expect(store.statistics().segments == 1, "a large batch is a segment at once")
        let inSegment = try await DatabaseQueue(path: file).read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM vector")
        }
        #expect(inSegment == 0)
        let expected = try await store.find("disk3 host7", strategy: .vector, topK: 20).results
        await store.close()
        for _ in 0..<5 {
            store = try await ColdFixture.open(directory.path)
            #expect(try await store.find("disk3 host7", strategy: .vector, topK: 20).results == expected)
            await store.waitForOriginals()
            #expect(try await store.find("disk3 host7", strategy: .vector, topK: 20).results == expected)
            await store.close()
        }
    }

    @Test("Another encoder's vectors stay until its items have new ones")
    func otherEncoder() async throws {
        var store = try await ColdFixture.open(directory.path)
        _ = try await store.write((0..<4_096).map { try ColdFixture.put("issue\($0)") })
        await store.close()
        store = try await ColdFixture.open(directory.path, encoder: ColdFixture.encoder("fedcba9876543210"))
        #expect(store.statistics().itemsWithoutVector == 4_096)
        try store.sealBlocks()
        await store.close()
        store = try await ColdFixture.open(directory.path)
        #expect(store.statistics().itemsWithoutVector == 0)
        #expect(try await store.find("issue77", strategy: .vector).results.first?.similarity == 1)
        await store.close()
        store = try await ColdFixture.open(directory.path, encoder: ColdFixture.encoder("fedcba9876543210"))
        try await store.embedMissing()
        await store.close()
        store = try await ColdFixture.open(directory.path, encoder: ColdFixture.encoder("fedcba9876543210"))
        try store.sealBlocks()
        await store.close()
        let encoders = try await DatabaseQueue(path: file).read {
            try String.fetchSet($0, sql: "SELECT encoder FROM segment")
        }
        #expect(!encoders.contains("0123456789abcdef"))
    }

    /// Letters in no order, so that compression does not hide how much is stored.
    private static func incompressible(_ count: Int, seed: Int = 0) -> String {
        var random = SeededGenerator(seed: UInt64(seed))
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_ ")
        return String((0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
    }

    @Test("A full disk refuses writes, not searches, and heals with space")
    func fullDisk() async throws {
        let store = try await ColdFixture.open(directory.path)
        let kept = try await store.put(ColdFixture.put("disk full"))
        let pages = try #require(try await store.writerPragma("page_count").flatMap { Int($0) })
        _ = try await store.writerPragma("max_page_count = \(pages + 2)")
        let large = Self.incompressible(55_000)
        let full = ColdError.storageFull(directory: directory.path)
        for number in 0..<3 {
            await #expect(throws: full) { try await store.write([ColdFixture.put("large \(number)", large)]) }
        }
        var health = await store.check()
        #expect(health.isReadable)
        #expect(!health.isWritable)
        #expect(health.problem == full)
        for strategy in [SearchStrategy.vector, .lexical, .hybrid] {
            #expect(try await store.find("disk full", strategy: strategy).results.map(\.item) == [kept])
        }
        #expect(store.changeNumber == ChangeNumber(1))

        _ = try await store.writerPragma("max_page_count = 1000000")
        health = await store.check()
        #expect(health.isWritable)
        #expect(health.problem == nil)
        let large0 = try await store.put(ColdFixture.put("large 0", large))
        #expect(large0.version == 1)
        #expect(store.changeNumber == ChangeNumber(2))
        await store.close()
    }

    @Test("A damaged file is named, not crashed on")
    func damagedFile() async throws {
        var store = try await ColdFixture.open(directory.path)
        _ = try await store.write((0..<2_000).map { try ColdFixture.put("issue \($0)") })
        await store.close()
        let handle = try #require(FileHandle(forUpdatingAtPath: file))
        let size = try handle.seekToEnd()
        for offset in stride(from: UInt64(4096 * 20), to: size - 4096, by: 4096) {
            try handle.seek(toOffset: offset)
            try handle.write(contentsOf: Data(repeating: 0xEE, count: 512))
        }
        try handle.close()
        do throws(ColdError) {
            store = try await ColdFixture.open(directory.path)
            let health = await store.check()
            #expect(!health.isReadable)
            await store.close()
        } catch {
            guard case .unreadable(file, _) = error else { throw error }
        }
    }

    @Test("What deletions free goes back to the file system in steps")
    func vacuum() async throws {
        let store = try await ColdFixture.open(directory.path)
        for start in stride(from: 0, to: 2_000, by: 250) {
            _ = try await store.write(
                (start..<start + 250).map { try ColdFixture.put("issue \($0)", Self.incompressible(4_600, seed: $0)) })
        }
        func pages() async throws -> Int {
            try #require(try await store.writerPragma("page_count").flatMap { Int($0) })
        }
        let before = try await pages()
        _ = try await store.write(
            (0..<2_000).map { .delete(id: ItemID(Int64($0 + 1)), tenant: .default, expectedVersion: nil) })
        while try store.vacuumStep() {}
        let after = try await pages()
        #expect(after < before / 2, "\(before) → \(after)")
        await store.close()
    }

    @Test("The older half of the items deleted, the file shrinks by a third and more")
    func shrinks() async throws {
        let dimension = 128
        let store = try await ColdFixture.open(directory.path, encoder: ColdFixture.encoder(dimension: dimension))
        for start in stride(from: 0, to: 20_000, by: 4_000) {
            _ = try await store.write(
                (start..<start + 4_000).map { try ColdFixture.put("issue \($0)", dimension: dimension) })
        }
        func bytes() async throws -> Int {
            try store.sealBlocks()
            try store.mergeWords()
            while try store.vacuumStep() {}
            _ = try await store.writerPragma("wal_checkpoint(TRUNCATE)")
            return store.statistics().fileBytes
        }
        let before = try await bytes()
        for start in stride(from: 0, to: 10_000, by: 1_000) {
            _ = try await store.write(
                (start..<start + 1_000).map {
                    .delete(id: ItemID(Int64($0 + 1)), tenant: .default, expectedVersion: nil)
                })
        }
        let after = try await bytes()
        #expect(after * 10 < before * 7, "\(before) → \(after)")
        let answer = try await store.find("issue 14711", strategy: .vector, dimension: dimension)
        #expect(answer.results.first?.item.content.issue == "issue 14711")
        await store.close()
    }

    @Test("Segments made while the background seals and deletes are not deleted")
    func sealingBesideWrites() async throws {
        var store = try await ColdFixture.open(directory.path, blockRowCount: 16)
        try await withThrowingTaskGroup(of: Void.self) { [store] group in
            for writer in 0..<4 {
                group.addTask {
                    for round in 0..<60 {
                        _ = try await store.write(
                            (0..<12).map {
                                try ColdFixture.put("writer\(writer) item\($0 * (round % 5 + 1))", "r\(round)")
                            })
                    }
                }
            }
            group.addTask { for _ in 0..<200 { try store.sealBlocks() } }
            try await group.waitForAll()
        }
        let count = store.statistics().items
        await store.close()
        store = try await ColdFixture.open(directory.path)
        await store.waitForOriginals()
        _ = try await store.writerPragma("user_version")
        #expect(store.statistics().items == count)
        #expect(store.statistics().itemsWithoutVector == 0)
        await store.close()
    }
}
