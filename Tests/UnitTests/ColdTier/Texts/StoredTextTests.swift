import ColdTier
import Foundation
import GRDB
import Knowledge
import TestSupport
import Testing

/// How texts lie in the file of a store that is not sealed.
@Suite struct StoredTextTests {
    private let directory: TemporaryDirectory
    private var file: String { directory.path + "/thermocline.sqlite" }

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func kinds(_ column: String, of table: String = "item") async throws -> [UInt8] {
        let values = try await DatabaseQueue(path: file).read {
            try Data.fetchAll($0, sql: "SELECT \(column) FROM \(table) ORDER BY rowid")
        }
        return values.compactMap(\.first)
    }

    private static func resolution(_ number: Int) -> String {
        "Restart the service of host \(number) and look at its log with journalctl, then raise the limit of open files."
    }

    @Test("With enough items texts are compressed by a dictionary: new ones at once, those of before in the background")
    func dictionary() async throws {
        let store = try await ColdFixture.open(directory.path, dictionaryItems: 60)
        for number in 0..<50 {
            _ = try await store.put(ColdFixture.put("disk \(number) full", Self.resolution(number)))
        }
        // A replaced version, and a text that nothing shrinks.
        _ = try await store.put(ColdFixture.put("disk 7 full", Self.resolution(700)))
        _ = try await store.put(ColdFixture.put("qz7", "x9"))
        for number in 51..<70 {
            _ = try await store.put(ColdFixture.put("disk \(number) full", Self.resolution(number)))
        }
        try await store.recode(steps: 1)
        try await store.finishRecoding()
        let item = try await store.put(ColdFixture.put("disk 99 full", Self.resolution(99)))
        func check(_ store: ColdTier) async throws {
            let items = try await store.items(tenant: .default, limit: 1_000)
            #expect(items.count == 71)
            #expect(items.contains { $0.content.resolution == "x9" })
            for item in items where item.content.issue != "qz7" && item.content.issue != "disk 7 full" {
                let number = item.content.issue.split(separator: " ")[1]
                #expect(item.content.resolution == Self.resolution(Int(number) ?? -1))
            }
            #expect(
                try await store.history(of: ItemID(8), tenant: .default).map(\.content.resolution) == [
                    Self.resolution(7)
                ])
            #expect(try await store.find("disk 99 full", strategy: .vector, topK: 1).results.map(\.item) == [item])
        }
        try await check(store)
        await store.close()
        let kinds = try await kinds("resolution")
        #expect(kinds.count { $0 == 1 } == 70 && kinds.count { $0 == 0 } == 1)
        let sizes = try await DatabaseQueue(path: file).read {
            try Int.fetchOne($0, sql: "SELECT sum(length(resolution)) FROM item") ?? 0
        }
        #expect(sizes < 70 * Self.resolution(1).utf8.count / 2)
        let again = try await ColdFixture.open(directory.path, dictionaryItems: 60)
        try await check(again)
        await again.close()
    }

    @Test("Texts of before are read as they are, those with a NUL too; new ones are envelopes")
    func oldTexts() async throws {
        try await VersionOneStore.make(at: file)
        let old = try DatabaseQueue(path: file)
        try await old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO item VALUES (2, 1, 0, 1, 1, 1000, 2000, 4, 'general', '', 'nul', ?);
                    INSERT INTO change VALUES (4, 1, 2, 1, 1, 2000);
                    UPDATE tenant SET items = 2;
                    INSERT INTO item_history VALUES (1, 1, 2, 1500, 'general', '', ?, 'older');
                    """, arguments: [Data("one\u{0}two".utf8), Data("disk\u{0}full".utf8)])
        }
        try old.close()
        let store = try await ColdFixture.open(directory.path)
        #expect(try await store.item(ItemID(2), tenant: .default)?.content.resolution == "one\u{0}two")
        #expect(try await store.item(ItemID(1), tenant: .default)?.content.resolution == "df")
        #expect(try await store.history(of: ItemID(1), tenant: .default).map(\.content.issue) == ["disk\u{0}full"])
        // Found by what it is, and replaced.
        let replaced = try await store.put(ColdFixture.put("disk full", "du -sh"))
        #expect(replaced.id == ItemID(1) && replaced.version == 4)
        #expect(try await store.history(of: ItemID(1), tenant: .default).map(\.content.resolution) == ["df", "older"])
        let new = try await store.put(ColdFixture.put("another", "one"))
        #expect(new.id == ItemID(3))
        await store.close()
        #expect(try await kinds("issue") == [0, UInt8(ascii: "n"), 0])
    }

    @Test("A number of an item that is gone is not used again, over the change to schema 5 too")
    func numbers() async throws {
        try await VersionOneStore.make(at: file)
        let old = try DatabaseQueue(path: file)
        try await old.write { try $0.execute(sql: "UPDATE sqlite_sequence SET seq = 41 WHERE name = 'item'") }
        try old.close()
        let store = try await ColdFixture.open(directory.path)
        #expect(try await store.put(ColdFixture.put("one", "two")).id == ItemID(42))
        _ = try await store.write([.delete(id: ItemID(42), tenant: .default, expectedVersion: nil)])
        #expect(try await store.put(ColdFixture.put("one", "two")).id == ItemID(43))
        await store.close()
    }

    @Test("A damaged text is refused, by the item's number, and heals with the next write of it")
    func damaged() async throws {
        let store = try await ColdFixture.open(directory.path)
        let text = String(repeating: "look at the log and restart it. ", count: 40)
        let item = try await store.put(ColdFixture.put("disk full", text))
        await store.close()
        let bytes = StoreBytes(in: directory.path)
        var stored = try await bytes.value("resolution", of: 1)
        #expect(stored.first == 1)
        stored[stored.count - 3] ^= 0x20
        try await bytes.set("resolution", of: 1, to: stored)
        let again = try await ColdFixture.open(directory.path)
        await #expect(throws: ColdError.textRefused(item: item.id, reason: "it is damaged")) {
            try await again.item(item.id, tenant: .default)
        }
        await #expect(throws: ColdError.self) { try await again.find("disk full", strategy: .vector) }
        #expect(again.statistics().refusedTexts >= 2)
        let healed = try await again.put(ColdFixture.put("disk full", text, skipUnchanged: true))
        #expect(healed.version == 2)
        #expect(try await again.item(item.id, tenant: .default)?.content.resolution == text)
        await again.close()
    }
}
