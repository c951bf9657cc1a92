import Backup
import ColdTier
import Foundation
import Knowledge
import Sealing
import TestSupport
import Testing

@Suite("Damaged backups") struct DamagedBackupTests {
    private static let positions = 400

    /// A store with some knowledge, backed up.
    private func backup(_ directory: TemporaryDirectory, seal: Sealer?) async throws -> Data {
        let cold = try await ColdFixture.open(directory.path + "/data")
        _ = try await cold.write(
            try (0..<300).map { try ColdFixture.put("printer \($0) is on fire", "extinguish it, then call \($0 * 7)") })
        let folder = BackupFolder(directory.path + "/backups")
        let backup = try BackupFixture.make(cold, in: folder, seal: seal)
        await cold.close()
        return try Data(contentsOf: URL(filePath: folder.path + "/" + backup.name))
    }

    private func refusal(_ bytes: Data, _ directory: TemporaryDirectory, seal: Sealer?) throws -> BackupError? {
        let path = directory.path + "/damaged"
        try bytes.write(to: URL(filePath: path))
        do {
            _ = try Restore(path, seal: seal) { _ in true }.rehearse(in: directory.path + "/scratch")
            return nil
        } catch {
            return error
        }
    }

    @Test("A byte that is flipped anywhere is refused", arguments: [false, true])
    func flipped(isSealed: Bool) async throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let directory = try TemporaryDirectory()
        let seal = isSealed ? BackupFixture.sealer(1) : nil
        let whole = try await backup(directory, seal: seal)
        #expect(try refusal(whole, directory, seal: seal) == nil)
        // Head, first block and end for sure; the rest by chance.
        let certain = Array(0..<48) + Array(whole.count - 60..<whole.count)
        let others = (0..<Self.positions).map { _ in Int.random(in: 0..<whole.count, using: &random) }
        for position in certain + others {
            var damaged = whole
            damaged[position] ^= UInt8.random(in: 1...255, using: &random)
            let refusal = try refusal(damaged, directory, seal: seal)
            #expect(refusal != nil, "position \(position) of \(whole.count)")
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(!left.contains("scratch"))
    }

    @Test("One that is cut short, or has more at its end, is refused")
    func length() async throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let directory = try TemporaryDirectory()
        let whole = try await backup(directory, seal: nil)
        for _ in 0..<100 {
            let length = Int.random(in: 0..<whole.count, using: &random)
            #expect(try refusal(whole.prefix(length), directory, seal: nil) != nil, "length \(length)")
        }
        #expect(try refusal(whole + [0], directory, seal: nil) != nil)
    }

    @Test("What is no backup, of a newer format, or sealed with a key that is not at hand is refused by name")
    func refusals() async throws {
        let directory = try TemporaryDirectory()
        #expect(try refusal(Data("no backup".utf8), directory, seal: nil) == .notABackup(name: "damaged"))
        #expect(try refusal(Data(), directory, seal: nil) == .notABackup(name: "damaged"))
        let sealed = try await backup(directory, seal: BackupFixture.sealer(1))
        let keyID = try #require(BackupFixture.key(1)).current.id.description
        #expect(try refusal(sealed, directory, seal: nil) == .keyMissing(name: "damaged", keyID: keyID))
        #expect(
            try refusal(sealed, directory, seal: BackupFixture.sealer(2)) == .keyMissing(name: "damaged", keyID: keyID))
        #expect(try refusal(sealed, directory, seal: BackupFixture.sealer(1)) == nil)
        var newer = sealed
        newer[8] = 9
        #expect(
            try refusal(newer, directory, seal: BackupFixture.sealer(1))
                == .newerFormat(name: "damaged", found: 9, known: 1))
        // Sealed blocks cannot be read in the file: neither texts nor compressed parts of them.
        #expect(sealed.range(of: Data("extinguish".utf8)) == nil)
        #expect(sealed.range(of: Data("printer".utf8)) == nil)
    }
}
