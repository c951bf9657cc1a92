import ColdTier
import Foundation
import GRDB
import Knowledge
import TestSupport
import Testing

/// What scattered deletions leave in the file, and that giving it back changes no reply.
@Suite struct CompactionTests {
    private static let itemCount = 3_000
    private static let patience = Duration.seconds(60)

    @Test("After every second item is deleted the file shrinks by itself, and every reply stays")
    func everySecond() async throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let directory = try TemporaryDirectory()
        var store = try await filled(directory, &random)
        // Above a quarter of the items, so that it begins when these are gone.
        _ = try await store.write(deletions(of: (1...Self.itemCount).filter { $0 % 2 == 0 }))
        let before = try await replies(of: store)
        let pages = try await pageCount(store)
        try await waitUntilCompacted(store, directory)
        #expect(store.statistics().deadShare == 0)
        let pagesAfter = try await pageCount(store)
        #expect(Double(pagesAfter) < 0.6 * Double(pages), "\(pagesAfter) of \(pages) pages are left")
        #expect(try await replies(of: store) == before)

        // What refers to items is there, and goes with them as ever.
        #expect(try await isWhole(directory))
        #expect(try await store.writerPragma("foreign_keys") == "1")
        await store.close()
        store = try await ColdFixture.open(directory.path, blockRowCount: 256)
        #expect(try await replies(of: store) == before)
        #expect(try await rowCount("item_history", directory) > 0)
        _ = try await store.write(deletions(of: (1...Self.itemCount).filter { $0 % 2 == 1 }))
        for table in ["item_history", "vote", "item_tag"] { #expect(try await rowCount(table, directory) == 0) }
        await store.close()
    }

    @Test("Few dead items wait for more, or for being asked; a restart goes on with what was begun")
    func onDemand() async throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let directory = try TemporaryDirectory()
        var store = try await filled(directory, &random)
        _ = try await store.write(deletions(of: (1...Self.itemCount).filter { $0 % 5 == 0 }))
        let before = try await replies(of: store)
        #expect(try !store.compactStep(), "a fifth is not enough")
        #expect(abs(store.statistics().deadShare - 0.2) < 0.001)
        #expect(try store.compactStep(isForced: true))
        await store.close()
        store = try await ColdFixture.open(directory.path, blockRowCount: 256)
        #expect(try store.compactStep(), "begun before the restart")
        #expect(try await replies(of: store) == before, "half-way")

        let summary = try await store.compact()
        #expect(summary.fileBytes < summary.fileBytesBefore)
        #expect(summary.steps > 0)
        #expect(store.statistics().deadItems == 0)
        #expect(try await replies(of: store) == before)
        // A second time there is nothing left to gain.
        let pages = try await pageCount(store)
        try await store.compact()
        let again = try await pageCount(store)
        #expect(again >= pages - pages / 10, "\(pages) → \(again)")
        await store.close()
    }

    @Test("Writes of every kind go on while rows are moved")
    func underWrites() async throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let directory = try TemporaryDirectory()
        let store = try await filled(directory, &random)
        _ = try await store.write(deletions(of: (1...Self.itemCount).filter { $0 % 3 == 0 }))
        async let compaction = store.compact()
        var written: [KnowledgeItem] = []
        for number in 0..<100 {
            written.append(try await store.put(ColdFixture.put("amid \(number)", tags: ["amid"])))
            _ = try await store.write(deletions(of: [number * 3 + 1]))
        }
        _ = try await compaction
        for item in written {
            #expect(try await store.item(item.id, tenant: .default) == item)
            let found = try await store.find(item.content.issue, strategy: .lexical, topK: 1)
            #expect(found.results.first?.item.id == item.id)
        }
        #expect(store.itemCount(.default) == Self.itemCount - Self.itemCount / 3 - 100 + 100)
        #expect(try await isWhole(directory))
        await store.close()
    }

    // MARK: The store

    /// Items with categories, tags, votes and replaced versions.
    private func filled(_ directory: TemporaryDirectory, _ random: inout SeededGenerator) async throws -> ColdTier {
        let store = try await ColdFixture.open(directory.path, blockRowCount: 256)
        for start in stride(from: 0, to: Self.itemCount, by: 500) {
            _ = try await store.write(
                (start..<start + 500).map { number in
                    try ColdFixture.put(
                        issue(number), words(60, &random), category: "c\(number % 4)", tags: ["t\(number % 7)", "all"])
                })
        }
        _ = try await store.write(
            stride(from: 0, to: Self.itemCount, by: 7).map { number in
                try ColdFixture.put(issue(number), words(50, &random), category: "c\(number % 4)", tags: ["all"])
            })
        _ = try await store.write(
            (1...300).map { .vote(id: ItemID($0), tenant: .default, caller: "caller", isHelpful: true) })
        try store.sealBlocks()
        return store
    }

    private func issue(_ number: Int) -> String { "w\(number % 50) w\(number % 61) number \(number)" }

    private func words(_ count: Int, _ random: inout SeededGenerator) -> String {
        (0..<count).map { _ in "w\(Int.random(in: 0..<3_000, using: &random))" }.joined(separator: " ")
    }

    private func deletions(of ids: [Int]) -> [ItemWrite] {
        ids.map { .delete(id: ItemID(Int64($0)), tenant: .default, expectedVersion: nil) }
    }

    /// Pages in use: some free ones stay for the next writes.
    private func pageCount(_ store: ColdTier) async throws -> Int {
        let pages = try await store.writerPragma("page_count").flatMap { Int($0) } ?? 0
        return try await pages - (store.writerPragma("freelist_count").flatMap { Int($0) } ?? 0)
    }

    private func isWhole(_ directory: TemporaryDirectory) async throws -> Bool {
        try await DatabaseQueue(path: directory.path + "/thermocline.sqlite").read { db in
            let problems = try String.fetchAll(db, sql: "PRAGMA integrity_check")
            let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check")
            return problems == ["ok"] && orphans.isEmpty
        }
    }

    private func rowCount(_ table: String, _ directory: TemporaryDirectory) async throws -> Int {
        try await DatabaseQueue(path: directory.path + "/thermocline.sqlite").read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0
        }
    }

    private func waitUntilCompacted(_ store: ColdTier, _ directory: TemporaryDirectory) async throws {
        let start = ContinuousClock.now
        let log = directory.path + "/thermocline.sqlite-wal"
        // Free pages are counted before each step that gives some back; the log is emptied at the end.
        while try store.statistics().deadItems > 0 || store.statistics().freeBytes > 2 << 20
            || (FileManager.default.attributesOfItem(atPath: log)[.size] as? NSNumber)?.intValue ?? 0 > 1 << 20
        {
            try #require(ContinuousClock.now - start < Self.patience, "\(store.statistics())")
            try await Task.sleep(for: .milliseconds(50))
        }
        while try store.vacuumStep() {}
    }

    private struct Replies: Equatable {
        var lists: [[RankedItem]] = []
        var items: [KnowledgeItem] = []
        var versions: [[ItemVersion]] = []
    }

    private func replies(of store: ColdTier) async throws -> Replies {
        var replies = Replies()
        for number in 0..<12 {
            let text = "w\(number * 5) w\(number * 7) w\(number * 100)"
            for strategy in [SearchStrategy.vector, .lexical, .hybrid] {
                replies.lists.append(
                    try await store.find(
                        text, strategy: strategy, topK: 10, category: number % 3 == 0 ? "c1" : nil,
                        tags: number % 4 == 0 ? ["t3"] : [], minScore: -1
                    ).results)
            }
        }
        var last: ItemID?
        repeat {
            let page = try await store.items(tenant: .default, after: last, limit: 1_000)
            replies.items += page
            last = page.last?.id
        } while last != nil
        for item in replies.items.prefix(50) {
            replies.versions.append(try await store.history(of: item.id, tenant: .default))
        }
        return replies
    }
}
