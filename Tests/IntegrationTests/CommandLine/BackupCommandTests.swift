import Foundation
import TestSupport
import Testing

@Suite("Backups on the command line", .serialized) struct BackupCommandTests {
    private static func items(_ range: Range<Int>) -> String {
        range.map { #"{"issue":"printer \#($0) is on fire","resolution":"extinguish printer \#($0)"}"# + "\n" }.joined()
    }

    private func environment(_ folder: CommandFolder) -> [String: String] { ["BACKUP_DIR": folder.path + "/backups"] }

    private func backups(_ folder: CommandFolder) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/backups")) ?? []).sorted()
            .filter { $0.hasSuffix(".backup") }
    }

    private func run(_ arguments: String..., in folder: CommandFolder) async throws -> CommandRun.Outcome {
        try await CommandRun(arguments, in: folder, environment(folder)).outcome()
    }

    private func served(_ folder: CommandFolder) async throws -> CommandRun {
        let server = try CommandRun(["serve"], in: folder, environment(folder))
        let deadline = ContinuousClock.now + .seconds(30)
        while folder.read("data/server.json") == nil, server.isRunning {
            try #require(.now < deadline)
            try await Task.sleep(for: .milliseconds(10))
        }
        return server
    }

    @Test("Backed up beside the running server, destroyed, rehearsed and restored: the export is the same")
    func drill() async throws {
        let folder = try CommandFolder()
        try folder.write("a.ndjson", Self.items(0..<500))
        let server = try await served(folder)
        defer { server.send(SIGKILL) }
        #expect(try await run("import", "a.ndjson", in: folder).code == 0)
        let before = try await run("export", in: folder).output
        let backup = try await run("backup", in: folder)
        #expect(backup.code == 0, "\(backup.errors)")
        #expect(backup.output.contains("500 items"))
        // In one line, and nothing is touched.
        let refused = try await run("restore", "latest", in: folder)
        #expect(refused.code == 1 && refused.errors.split(separator: "\n").count == 1)
        #expect(refused.errors.contains("stop it, then restore"))
        // A rehearsal needs no stop.
        let rehearsal = try await run("restore", "latest", "--dry-run", in: folder)
        #expect(rehearsal.code == 0, "\(rehearsal.errors)")
        #expect(rehearsal.output.contains("is whole: 500 items"))
        server.send(SIGTERM)
        #expect(await server.outcome().code == 0)
        try FileManager.default.removeItem(atPath: folder.dataDirectory)
        let restored = try await run("restore", "latest", in: folder)
        #expect(restored.code == 0, "\(restored.errors)")
        #expect(try await run("export", in: folder).output == before)
        // Who asks later why everything is as it was on that day finds it in the log.
        #expect(try await run("audit", "verify", in: folder).code == 0)
        let log = try Data(contentsOf: URL(filePath: folder.dataDirectory + "/access.sqlite"))
        #expect(log.range(of: Data(#""action":"backup.restore""#.utf8)) != nil)
    }

    @Test("Without a server the store is backed up all the same, and what is no backup is refused in one line")
    func offline() async throws {
        let folder = try CommandFolder()
        let none = try await run("backup", in: folder)
        #expect(none.code == 1 && none.errors.contains("there is no store in it"))
        try folder.write("a.ndjson", Self.items(0..<10))
        #expect(try await run("import", "a.ndjson", in: folder).code == 0)
        #expect(try await run("backup", in: folder).code == 0)
        let name = try #require(backups(folder).first)
        let list = try await run("backup", "--list", in: folder)
        #expect(list.output.contains(name) && list.output.contains("10 items"))
        #expect(try await run("verify", "latest", in: folder).code == 0)
        for command in [["restore", "a.ndjson"], ["restore", "a.ndjson", "--dry-run"], ["verify", "a.ndjson"]] {
            let refused = try await CommandRun(command, in: folder, environment(folder)).outcome()
            #expect(refused.code == 1)
            #expect(refused.errors.split(separator: "\n").count == 1, "\(refused.errors)")
            #expect(refused.errors.contains("a.ndjson is not a backup of this program"))
        }
        let missing = try await run("restore", "thermocline-none", in: folder)
        #expect(missing.code == 1 && missing.errors.contains("there is no backup thermocline-none"))
    }

    @Test("A key seals backups, and only with it they are restored") func sealed() async throws {
        let folder = try CommandFolder()
        try folder.write("a.ndjson", Self.items(0..<10))
        #expect(try await run("import", "a.ndjson", in: folder).code == 0)
        let key = ["ENCRYPTION_KEY": String(repeating: "ab", count: 32)].merging(environment(folder)) { $1 }
        let made = try await CommandRun(["backup"], in: folder, key).outcome()
        #expect(made.code == 0, "\(made.errors)")
        let without = try await run("verify", "latest", in: folder)
        #expect(without.code == 1 && without.errors.contains("set ENCRYPTION_KEY to that key"))
        let with = try await CommandRun(["verify", "latest"], in: folder, key).outcome()
        #expect(with.code == 0, "\(with.errors)")
    }

    @Test("Killed at any moment, a backup leaves no file that passes for one but is not whole") func killed()
        async throws
    {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let folder = try CommandFolder()
        try folder.write("a.ndjson", Self.items(0..<3_000))
        #expect(try await run("import", "a.ndjson", in: folder).code == 0)
        let start = ContinuousClock.now
        #expect(try await run("backup", in: folder).code == 0)
        let usual = ContinuousClock.now - start
        var kills = 0
        for _ in 0..<20 {
            let command = try CommandRun(["backup"], in: folder, environment(folder))
            try await Task.sleep(for: usual * Double.random(in: 0...1.1, using: &random))
            command.send(SIGKILL)
            if await command.outcome().code != 0 { kills += 1 }
        }
        #expect(kills > 5, "the backups were over before they were killed")
        let names = backups(folder)
        #expect(!names.isEmpty)
        let verified = try await CommandRun(
            ["verify"] + names, in: folder, environment(folder)
        ).outcome()
        #expect(verified.code == 0, "\(verified.errors)")
        // The next one clears up.
        #expect(try await run("backup", in: folder).code == 0)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/backups")
        #expect(left.allSatisfy { $0 == "lock" || $0.hasSuffix(".backup") }, "\(left)")
    }
}
