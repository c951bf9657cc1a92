import Backup
import ColdTier
import Foundation
import Knowledge
import TestSupport
import Testing

@Suite("Backups of other versions") struct BackupSchemaTests {
    @Test("A store of the first version is backed up as it is, and brought up to date by the restore")
    func older() async throws {
        let directory = try TemporaryDirectory()
        let data = directory.path + "/data"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        try await VersionOneStore.make(at: data + "/" + ColdTier.databaseName)
        let folder = BackupFolder(directory.path + "/backups")
        let made = try ClosedStore(data).backUp(
            into: folder, seal: nil, keeping: BackupFixture.keepAll, version: "test", at: Timestamp(milliseconds: 0)
        ) { _ in true }
        #expect(made.backup.header?.store.schema == 1)
        let outcome = try Restore(folder.path + "/" + made.backup.name, seal: nil) { _ in true }
            .run(into: directory.path + "/other", at: Timestamp(milliseconds: 0))
        #expect(outcome.facts.items == 1)
        let cold = try await ColdFixture.open(directory.path + "/other", encoder: nil)
        #expect(cold.statistics().items == 1)
        await cold.close()
    }

    @Test("One of a newer schema is refused by name, before anything is unpacked")
    func newer() async throws {
        let directory = try TemporaryDirectory()
        let folder = BackupFolder(directory.path + "/backups")
        let cold = try await ColdFixture.open(directory.path + "/data")
        let backup = try BackupFixture.make(cold, in: folder)
        await cold.close()
        let path = folder.path + "/" + backup.name
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        // The header says another schema, under a right checksum.
        let length = Int(bytes[12]) | Int(bytes[13]) << 8
        let schema = try #require(backup.header?.store.schema)
        let header = String(decoding: bytes[24..<24 + length], as: UTF8.self)
            .replacing("\"schema\":\(schema)", with: "\"schema\":9")
        bytes.replaceSubrange(24..<24 + length, with: header.utf8)
        let checksum = Array(header.utf8).withUnsafeBytes { XXH64.hash($0) }
        bytes.replaceSubrange(16..<24, with: withUnsafeBytes(of: checksum.littleEndian) { Array($0) })
        try Data(bytes).write(to: URL(filePath: path))
        #expect(throws: BackupError.store(.newerSchema(file: backup.name, found: 9, known: schema))) {
            try Restore(path, seal: nil) { _ in true }
                .run(into: directory.path + "/other", at: Timestamp(milliseconds: 0))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path + "/other") == ["lock"])
    }

    @Test("Only names of backups, and latest, are found in a folder by those who may reach no other place")
    func names() async throws {
        let directory = try TemporaryDirectory()
        let folder = BackupFolder(directory.path + "/backups")
        #expect(throws: BackupError.nothingThere(folder: folder.path, name: nil)) { try folder.locate(named: "latest") }
        let cold = try await ColdFixture.open(directory.path + "/data")
        let first = try BackupFixture.make(cold, in: folder, at: Timestamp(milliseconds: 1_767_573_000_123))
        #expect(first.name == "thermocline-20260105T003000.123Z.backup")
        let second = try BackupFixture.make(cold, in: folder, at: Timestamp(milliseconds: 1_767_576_600_123))
        await cold.close()
        #expect(try folder.backups() == [second, first])
        #expect(try folder.locate(named: "latest") == folder.path + "/" + second.name)
        #expect(try folder.locate(named: first.name) == folder.path + "/" + first.name)
        for name in ["../data/thermocline.sqlite", "lock", "thermocline-20261305T003000.123Z.backup", "/etc/passwd"] {
            #expect(throws: BackupError.nothingThere(folder: folder.path, name: name)) {
                try folder.locate(named: name)
            }
        }
        // A file that is no backup is nobody's: neither listed nor let go.
        try Data().write(to: URL(filePath: folder.path + "/notes.txt"))
        #expect(try folder.backups().count == 2)
    }
}
