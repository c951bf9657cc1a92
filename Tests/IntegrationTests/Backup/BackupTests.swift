import Backup
import ColdTier
import Foundation
import GRDB
import Knowledge
import TestSupport
import Testing

@Suite("Backups of a store") struct BackupTests {
    /// Issue, resolution and version of every item, in order.
    private func contents(_ cold: ColdTier, _ tenant: Tenant = .default) async throws -> [String] {
        let export = try await cold.beginExport(tenant: tenant)
        var lines: [String] = []
        while case let items = try await export.next(), !items.isEmpty {
            lines += items.map { "\($0.id) \($0.version) \($0.content.issue) \($0.content.resolution)" }
        }
        return lines
    }

    private func restored(_ path: String, into directory: String, at now: Int64 = 0) throws -> Restore.Outcome {
        try Restore(path, seal: nil) { _ in true }.run(into: directory, at: Timestamp(milliseconds: now))
    }

    @Test(
        "A backup under a write storm is the store at one change: restored after the folder is destroyed, it equals it")
    func writeStorm() async throws {
        let directory = try TemporaryDirectory()
        let data = directory.path + "/data"
        let folder = BackupFolder(directory.path + "/backups")
        let cold = try await ColdFixture.open(data)
        // One write a transaction, so that the state at each change number is known: item n is change n, until the first is
        // replaced, deleted and made again.
        let storm = Task {
            var count = 0
            while !Task.isCancelled {
                _ = try await cold.write([try ColdFixture.put("issue \(count)", "resolution of \(count)")])
                count += 1
            }
            return count
        }
        while cold.changeNumber.rawValue < 300 { try await Task.sleep(for: .milliseconds(5)) }
        var backups: [StoredBackup] = []
        for hour in 0..<5 {
            // Of one hour only the newest would be kept.
            let time = Timestamp(milliseconds: Int64(hour) * 3_600_000)
            backups.append(try await Task.detached { try BackupFixture.make(cold, in: folder, at: time) }.value)
            try await Task.sleep(for: .milliseconds(30))
        }
        storm.cancel()
        let written = try await storm.value
        await cold.close()
        #expect(Set(backups.map { $0.header?.store.changeNumber }).count > 1, "nothing was written between backups")
        for backup in backups {
            let header = try #require(backup.header)
            try FileManager.default.removeItem(atPath: data)
            let outcome = try restored(folder.path + "/" + backup.name, into: data)
            #expect(outcome.movedTo == nil)
            let again = try await ColdFixture.open(data)
            #expect(again.changeNumber.rawValue == header.store.changeNumber)
            #expect(header.store.items == Int(header.store.changeNumber) && header.store.items < written)
            #expect(
                try await contents(again)
                    == (0..<header.store.items).map { "\($0 + 1) 1 issue \($0) resolution of \($0)" })
            let found = try await again.find("issue 42", strategy: .vector)
            #expect(found.results.first?.item.content.issue == "issue 42")
            await again.close()
        }
    }

    @Test("A restore moves the old data aside, makes it another store, and change numbers go on")
    func identity() async throws {
        let directory = try TemporaryDirectory()
        let data = directory.path + "/data"
        let folder = BackupFolder(directory.path + "/backups")
        let cold = try await ColdFixture.open(data)
        let first = cold.storeID
        _ = try await cold.write([try ColdFixture.put("kept")])
        let backup = try BackupFixture.make(cold, in: folder)
        _ = try await cold.write([try ColdFixture.put("written after the backup")])
        await cold.close()
        let outcome = try restored(folder.path + "/" + backup.name, into: data, at: 1_000)
        let aside = try #require(outcome.movedTo)
        #expect(FileManager.default.fileExists(atPath: aside + "/" + ColdTier.databaseName))
        let second = try await ColdFixture.open(data)
        #expect(second.storeID != first && second.storeID == outcome.storeID)
        #expect(second.changeNumber == ChangeNumber(1))
        _ = try await second.write([try ColdFixture.put("new")])
        #expect(second.changeNumber == ChangeNumber(2))
        await second.close()
        // What was moved aside is a store as it was.
        let old = try await ColdFixture.open(aside)
        #expect(try await contents(old).count == 2 && old.storeID == first)
        await old.close()
    }

    @Test("A restore is refused beside a process that has the store, and leaves all as it is")
    func locked() async throws {
        let directory = try TemporaryDirectory()
        let data = directory.path + "/data"
        let folder = BackupFolder(directory.path + "/backups")
        let cold = try await ColdFixture.open(data)
        let backup = try BackupFixture.make(cold, in: folder)
        let before = try FileManager.default.contentsOfDirectory(atPath: data).sorted()
        #expect(throws: BackupError.store(.locked(directory: data, owner: Int(getpid())))) {
            try restored(folder.path + "/" + backup.name, into: data)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: data).sorted() == before)
        await cold.close()
    }

    @Test("A directory in which a restore was cut short opens for nobody, until the restore is run again")
    func cutShort() async throws {
        let directory = try TemporaryDirectory()
        let data = directory.path + "/data"
        let folder = BackupFolder(directory.path + "/backups")
        let cold = try await ColdFixture.open(data)
        _ = try await cold.write([try ColdFixture.put("kept")])
        let backup = try BackupFixture.make(cold, in: folder)
        await cold.close()
        // As a process that ends between moving the old database away and the new one in.
        try Data().write(to: URL(filePath: data + "/restore.unfinished"))
        try FileManager.default.removeItem(atPath: data + "/" + ColdTier.databaseName)
        await #expect(throws: ColdError.restoreUnfinished(directory: data)) { try await ColdFixture.open(data) }
        _ = try restored(folder.path + "/" + backup.name, into: data)
        let again = try await ColdFixture.open(data)
        #expect(try await contents(again).count == 1)
        await again.close()
    }

    @Test("A full disk ends a backup in one line, keeps nothing of it, and the backups before")
    func fullDisk() async throws {
        let directory = try TemporaryDirectory()
        let folder = BackupFolder(directory.path + "/backups")
        let cold = try await ColdFixture.open(directory.path + "/data")
        _ = try await cold.write(try (0..<200).map { try ColdFixture.put("issue \($0)") })
        let good = try BackupFixture.make(cold, in: folder, at: Timestamp(milliseconds: 1_000))
        for limit in [0, 20, 5_000] {
            #expect(throws: BackupError.noSpace(folder: folder.path)) {
                try BackupFixture.make(
                    cold, in: folder, at: Timestamp(milliseconds: 2_000),
                    keeping: Retention(hourly: 0, daily: 0, weekly: 0), spaceLimit: limit)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["lock", good.name])
        }
        // Once there is space, the next succeeds and retention lets the old one go.
        let next = try BackupFixture.make(
            cold, in: folder, at: Timestamp(milliseconds: 3_000), keeping: Retention(hourly: 0, daily: 0, weekly: 0))
        #expect(try folder.backups().map(\.name) == [next.name])
        await cold.close()
    }

    @Test("A clock that was set back does not let the backup just made go")
    func clockSetBack() async throws {
        let directory = try TemporaryDirectory()
        let folder = BackupFolder(directory.path + "/backups")
        let cold = try await ColdFixture.open(directory.path + "/data")
        try BackupFixture.make(cold, in: folder, at: Timestamp(milliseconds: 9_000_000_000))
        let made = try BackupFixture.make(
            cold, in: folder, at: Timestamp(milliseconds: 1_000), keeping: Retention(hourly: 1, daily: 0, weekly: 0))
        #expect(try folder.backups().map(\.name).contains(made.name))
        await cold.close()
    }

    @Test("The database of keys goes along, and comes back")
    func accessDatabase() async throws {
        let directory = try TemporaryDirectory()
        let data = directory.path + "/data"
        let folder = BackupFolder(directory.path + "/backups")
        let cold = try await ColdFixture.open(data)
        let keys = try DatabaseQueue(path: data + "/access.sqlite")
        try await keys.write { db in
            try db.execute(sql: "CREATE TABLE key(id TEXT); INSERT INTO key VALUES ('one'), ('two')")
        }
        let backup = try BackupFixture.make(cold, in: folder)
        #expect(backup.header?.files.map(\.name) == ["thermocline.sqlite", "access.sqlite"])
        await cold.close()
        try keys.close()
        try FileManager.default.removeItem(atPath: data)
        _ = try restored(folder.path + "/" + backup.name, into: data)
        let again = try DatabaseQueue(path: data + "/access.sqlite")
        #expect(try await again.read { db in try String.fetchAll(db, sql: "SELECT id FROM key") } == ["one", "two"])
        try again.close()
    }
}
