import ColdTier
import Foundation
import GRDB
import Knowledge
import TestSupport
import Testing

@Suite struct StoreOpeningTests {
    private let directory: TemporaryDirectory
    private var file: String { directory.path + "/thermocline.sqlite" }

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("The writer syncs fully, to a log, into a file that can give pages back")
    func pragmas() async throws {
        for _ in 0..<2 {
            let store = try await ColdFixture.open(directory.path)
            #expect(try await store.writerPragma("synchronous") == "2")
            #expect(try await store.writerPragma("journal_mode") == "\"wal\"")
            #expect(try await store.writerPragma("auto_vacuum") == "2")
            #expect(try await store.writerPragma("foreign_keys") == "1")
            await store.close()
        }
    }

    @Test("A file of a newer version is refused by name and left as it is")
    func newerSchema() async throws {
        await (try ColdFixture.open(directory.path)).close()
        try await DatabaseQueue(path: file).write { try $0.execute(sql: "PRAGMA user_version = 99") }
        await #expect(throws: ColdError.newerSchema(file: file, found: 99, known: 5)) {
            try await ColdFixture.open(directory.path)
        }
        let version = try await DatabaseQueue(path: file).read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
        #expect(version == 99)
    }

    @Test("A file of the first version is brought up to date, with what is in it")
    func firstVersion() async throws {
        try await VersionOneStore.make(at: file)
        let store = try await ColdFixture.open(directory.path)
        let item = try #require(try await store.item(ItemID(1), tenant: .default))
        #expect(item.content.issue == "disk full" && item.version == 3 && item.quality == 0)
        #expect(try await store.find("disk", strategy: .lexical).results.map(\.item.id) == [item.id])
        #expect(store.changeNumber == ChangeNumber(3))
        #expect(try await store.vote(isHelpful: true, on: item.id, tenant: .default, caller: "one"))
        #expect(try await store.settleFeedback(at: TimeSource.system.now()) == 1)
        #expect(store.changeNumber == ChangeNumber(4))
        await store.close()
        let version = try await DatabaseQueue(path: file).read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
        #expect(version == 5)
        await (try ColdFixture.open(directory.path)).close()
    }

    @Test("A file of another program is refused")
    func foreignFile() async throws {
        try await DatabaseQueue(path: file).write { try $0.execute(sql: "CREATE TABLE theirs(x)") }
        await #expect(throws: ColdError.notAStore(file: file)) { try await ColdFixture.open(directory.path) }
        try Data(repeating: 7, count: 8192).write(to: URL(fileURLWithPath: file))
        await #expect(throws: ColdError.notAStore(file: file)) { try await ColdFixture.open(directory.path) }
    }

    @Test("A directory has one owner, named to the next, until it is closed")
    func lock() async throws {
        let store = try await ColdFixture.open(directory.path)
        await #expect(throws: ColdError.locked(directory: directory.path, owner: Int(getpid()))) {
            try await ColdFixture.open(directory.path)
        }
        await store.close()
        await store.close()
        await (try ColdFixture.open(directory.path)).close()
    }

    @Test("A closed store says so")
    func closed() async throws {
        let store = try await ColdFixture.open(directory.path)
        await store.close()
        await #expect(throws: ColdError.closed) { try await store.find("x", strategy: .lexical) }
        await #expect(throws: ColdError.closed) { try await store.write([ColdFixture.put("x")]) }
        await #expect(throws: ColdError.closed) { try await store.item(ItemID(1), tenant: .default) }
    }

    @Test("A missing directory is made for its user alone; a file in its place is an error")
    func directories() async throws {
        let nested = directory.path + "/a/b"
        await (try ColdFixture.open(nested)).close()
        let mode = try FileManager.default.attributesOfItem(atPath: nested)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        let notADirectory = directory.path + "/file"
        try Data().write(to: URL(fileURLWithPath: notADirectory))
        await #expect(throws: ColdError.directoryUnusable(directory: notADirectory, reason: "it is not a directory")) {
            try await ColdFixture.open(notADirectory)
        }
    }

    @Test("Identity and secret survive a restart and differ between stores")
    func identity() async throws {
        let first = try await ColdFixture.open(directory.path)
        let (id, secret) = (first.storeID, first.fingerprintSecret)
        await first.close()
        let again = try await ColdFixture.open(directory.path)
        #expect(again.storeID == id)
        #expect(again.fingerprintSecret == secret)
        #expect(secret.count == 32)
        #expect(UUID(uuidString: id) != nil)
        await again.close()
        let other = try await ColdFixture.open(directory.path + "/other")
        #expect(other.storeID != id)
        #expect(other.fingerprintSecret != secret)
        await other.close()
    }

    @Test("Vectors of another encoder count as missing")
    func otherEncoder() async throws {
        let store = try await ColdFixture.open(directory.path)
        let item = try await store.put(ColdFixture.put("disk full"))
        await store.close()

        let lexical = try await ColdFixture.open(directory.path, encoder: nil)
        #expect(try await lexical.find("disk", strategy: .lexical).results.map(\.item.id) == [item.id])
        #expect(try await lexical.itemsWithoutVector(limit: 10).isEmpty)
        await lexical.close()

        let other = try await ColdFixture.open(directory.path, encoder: ColdFixture.encoder("fedcba9876543210"))
        #expect(try await other.itemsWithoutVector(limit: 10).map(\.id) == [item.id])
        #expect(other.statistics().itemsWithoutVector == 1)
        #expect(try await other.find("disk full", strategy: .vector).results.isEmpty)
        let vector = SyntheticVector.of("disk full", dimension: ColdFixture.dimension)
        let set = ItemWrite.setVector(id: item.id, tenant: .default, version: 1, vector: vector)
        #expect(try await other.write([set]) == [.vectorSet(item.id)])
        #expect(try await other.find("disk full", strategy: .vector).results.map(\.similarity) == [1])
        await other.close()
    }

    @Test("A damaged original is never used, is counted, and is listed to be embedded again")
    func damagedOriginal() async throws {
        let store = try await ColdFixture.open(directory.path)
        let items = try await [store.put(ColdFixture.put("disk full")), store.put(ColdFixture.put("disk slow"))]
        await store.close()
        try await DatabaseQueue(path: file).write { (db: Database) throws in
            try db.execute(
                sql: "UPDATE vector SET data = zeroblob(length(data)) WHERE item = ?", arguments: [items[0].id.rawValue]
            )
        }
        let again = try await ColdFixture.open(directory.path)
        #expect(again.statistics().damagedVectors == 1)
        #expect(try await again.itemsWithoutVector(limit: 10).map(\.id) == [items[0].id])
        #expect(
            try await again.find("disk full", strategy: .vector, minScore: 0.1).results.map(\.item.id) == [items[1].id])
        await again.close()
    }
}
