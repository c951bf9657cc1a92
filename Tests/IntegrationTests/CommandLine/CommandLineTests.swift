import Foundation
import Testing

@Suite("The command line", .serialized) struct CommandLineTests {
    private static let itemCount = 3_000

    /// Items that share no issue, as NDJSON.
    private static func items(_ range: Range<Int>) -> String {
        range.map { #"{"issue":"printer \#($0) is on fire","resolution":"extinguish printer \#($0)"}"# + "\n" }.joined()
    }

    /// The issues that an export has, in its order.
    private func exportedIssues(_ folder: CommandFolder) async throws -> [String] {
        struct Item: Decodable { let issue: String }
        let export = try await CommandRun.outcome("export", in: folder)
        #expect(export.code == 0, "\(export.errors)")
        return try export.output.split(separator: "\n")
            .map { try JSONDecoder().decode(Item.self, from: Data($0.utf8)).issue }
    }

    private func waitUntil(_ what: String, _ condition: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while try !condition() {
            try #require(.now < deadline, "waited too long until \(what)")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test("A file imported twice is in the store once, and the second run has nothing to do")
    func importTwice() async throws {
        let folder = try CommandFolder()
        try folder.write("a.ndjson", Self.items(0..<100))
        let first = try await CommandRun.outcome("import", "a.ndjson", in: folder)
        #expect(first.code == 0, "\(first.errors)")
        #expect(first.errors.contains("100 created, 0 replaced, 0 unchanged, 0 rejected"))
        let second = try await CommandRun.outcome("import", "a.ndjson", in: folder)
        #expect(second.code == 0)
        #expect(second.errors.contains("nothing to do"))
        let again = try await CommandRun.outcome("import", "a.ndjson", "--again", in: folder)
        #expect(again.errors.contains("0 created, 0 replaced, 100 unchanged, 0 rejected"))
        #expect(try await exportedIssues(folder) == (0..<100).map { "printer \($0) is on fire" })
    }

    @Test("Every acknowledged item survives a killed import, and the next run completes it without repeating any")
    func killedImport() async throws {
        let folder = try CommandFolder()
        try folder.write("a.ndjson", Self.items(0..<Self.itemCount))
        for kill in 1...3 {
            let before = folder.acknowledgedRecords
            let run = try CommandRun(["import", "a.ndjson", "--batch-size", "50"], in: folder)
            try await waitUntil("batches are acknowledged (run \(kill))") {
                folder.acknowledgedRecords >= before + 100 || !run.isRunning
            }
            run.send(SIGKILL)
            _ = await run.outcome()
            let acknowledged = folder.acknowledgedRecords
            let issues = try await exportedIssues(folder)
            #expect(issues.count >= acknowledged)
            #expect(Array(issues.prefix(acknowledged)) == (0..<acknowledged).map { "printer \($0) is on fire" })
        }
        let last = try await CommandRun.outcome("import", "a.ndjson", in: folder)
        #expect(last.code == 0, "\(last.errors)")
        #expect(try await exportedIssues(folder) == (0..<Self.itemCount).map { "printer \($0) is on fire" })
    }

    @Test("An interrupted import stops after its batch, says how to go on, and goes on", arguments: [SIGINT, SIGTERM])
    func interruptedImport(signal: Int32) async throws {
        let folder = try CommandFolder()
        try folder.write("a.ndjson", Self.items(0..<Self.itemCount))
        let run = try CommandRun(["import", "a.ndjson", "--batch-size", "20"], in: folder)
        try await waitUntil("a batch is acknowledged") { folder.acknowledgedRecords > 0 || !run.isRunning }
        run.send(signal)
        let stopped = await run.outcome()
        #expect(stopped.code == 1)
        #expect(stopped.errors.contains("The same command goes on from here."))
        let next = try await CommandRun.outcome("import", "a.ndjson", in: folder)
        #expect(next.code == 0)
        #expect(next.errors.contains("going on after the first"))
        #expect(try await exportedIssues(folder).count == Self.itemCount)
    }

    @Test("Bad records are reported with their lines and kept apart, the others imported, and the exit code tells")
    func badRecords() async throws {
        let folder = try CommandFolder()
        try folder.write("a.csv", "issue,resolution,tags\na,r,x;y\n,r,\n\"b, or c\",r,\n")
        let run = try await CommandRun.outcome("import", "a.csv", in: folder)
        #expect(run.code == 1)
        #expect(run.errors.contains("a.csv:3: issue is missing"))
        #expect(folder.read("a.csv.rejected.ndjson")?.hasPrefix(#"{"line":3,"reason":"issue is missing""#) == true)
        #expect(try await exportedIssues(folder) == ["a", "b, or c"])
    }

    @Test(
        "Beside a running server an import goes through it and is visible at once, and no second owner opens the store")
    func besideServer() async throws {
        let folder = try CommandFolder()
        let server = try CommandRun(["serve"], in: folder)
        defer { server.send(SIGKILL) }
        try await waitUntil("the server says where it listens") {
            folder.read("data/server.json") != nil || !server.isRunning
        }
        try folder.write("a.ndjson", Self.items(0..<100))
        let imported = try await CommandRun.outcome("import", "a.ndjson", in: folder)
        #expect(imported.code == 0, "\(imported.errors)")
        #expect(imported.errors.contains("100 created"))
        let reply = try await CommandRun.outcome("query", "printer 42 is on fire", in: folder)
        #expect(reply.code == 0, "\(reply.errors)")
        #expect(reply.output.hasPrefix("1. printer 42 is on fire\n"))
        #expect(reply.output.contains("extinguish printer 42"))
        #expect(try await exportedIssues(folder).count == 100)
        let check = try await CommandRun.outcome("check", in: folder)
        #expect(check.output.contains("open in the server at http://127.0.0.1:"))
        #expect(try await CommandRun.outcome("check", "--ready", in: folder).code == 0)
        let second = try await CommandRun.outcome("serve", in: folder)
        #expect(second.code == 1)
        #expect(second.errors.contains("in use by process \(server.processID)"))
        server.send(SIGTERM)
        #expect(await server.outcome().code == 0)
        let gone = try await CommandRun.outcome("check", "--ready", in: folder)
        #expect(gone.code == 1 && gone.errors.contains("no server has"))
    }

    @Test("A server named by its URL is worked through from a machine that has no store of its own")
    func namedServer() async throws {
        let there = try CommandFolder()
        let server = try CommandRun(["serve"], in: there)
        defer { server.send(SIGKILL) }
        try await waitUntil("the server says where it listens") {
            there.read("data/server.json") != nil || !server.isRunning
        }
        struct Place: Decodable { let url: String }
        let file = try #require(there.read("data/server.json"))
        let url = try JSONDecoder().decode(Place.self, from: Data(file.utf8)).url
        let here = try CommandFolder()
        try here.write("a.ndjson", Self.items(0..<100) + "{}\n")
        let imported = try await CommandRun.outcome("import", "a.ndjson", "--url", url, in: here)
        #expect(imported.code == 1 && imported.errors.contains("100 created"), "\(imported.errors)")
        let again = try await CommandRun.outcome("import", "a.ndjson", in: here, ["THERMOCLINE_URL": url])
        #expect(again.errors.contains("nothing to do"), "\(again.errors)")
        let reply = try await CommandRun.outcome("query", "printer 42 is on fire", "--url", url, in: here)
        #expect(reply.output.contains("extinguish printer 42"), "\(reply.errors)")
        let export = try await CommandRun.outcome("export", "--url", url, in: here)
        #expect(export.output.split(separator: "\n").count == 100, "\(export.errors)")
        let check = try await CommandRun.outcome("check", "--url", url, in: here)
        #expect(check.code == 0 && check.output.contains("cold_storage"), "\(check.output)")
        #expect(!FileManager.default.fileExists(atPath: here.dataDirectory))
        let tenant = try await CommandRun.outcome("export", "--tenant", "other", "--url", url, in: here)
        #expect(tenant.code == 1 && tenant.errors.contains("the API key decides the tenant"))

        server.send(SIGTERM)
        #expect(await server.outcome().code == 0)
        let away = try await CommandRun.outcome("query", "x", "--url", url, in: here)
        #expect(away.code == 1 && away.errors.contains("cannot be reached"), "\(away.errors)")
        #expect(away.errors.split(separator: "\n").count == 1)
        let unusable = try await CommandRun.outcome("check", "--url", "localhost", in: here)
        #expect(unusable.code == 1 && unusable.output.contains("bad   server"), "\(unusable.output)")
    }

    @Test("What a killed server leaves behind does not keep a command from opening the store") func deadServer()
        async throws
    {
        let folder = try CommandFolder()
        let server = try CommandRun(["serve"], in: folder)
        try await waitUntil("the server says where it listens") {
            folder.read("data/server.json") != nil || !server.isRunning
        }
        server.send(SIGKILL)
        _ = await server.outcome()
        #expect(folder.read("data/server.json") != nil)
        try folder.write("a.ndjson", Self.items(0..<10))
        let imported = try await CommandRun.outcome("import", "a.ndjson", in: folder)
        #expect(imported.code == 0, "\(imported.errors)")
    }

    @Test("A question shows rank, score, text and the way through the tiers, or the reply itself") func query()
        async throws
    {
        let folder = try CommandFolder()
        try folder.write("a.ndjson", Self.items(0..<20))
        _ = try await CommandRun.outcome("import", "a.ndjson", in: folder)
        let shown = try await CommandRun.outcome("query", "printer 7 is on fire", "--explain", in: folder)
        #expect(shown.code == 0, "\(shown.errors)")
        #expect(shown.output.contains("1. printer 7 is on fire"))
        #expect(shown.output.contains("cold_storage (search)"))
        #expect(shown.output.contains(/without: .*encoder/))
        #expect(shown.output.contains("µs"))
        let raw = try await CommandRun.outcome("query", "printer 7 is on fire", "--json", in: folder)
        let json = try JSONSerialization.jsonObject(with: Data(raw.output.utf8)) as? [String: Any]
        #expect(json?["query"] as? String == "printer 7 is on fire")
    }

    @Test("An export written to a file is whole and can be imported elsewhere, with the same export then")
    func exportAndImport() async throws {
        let folder = try CommandFolder()
        try folder.write("a.ndjson", Self.items(0..<50))
        _ = try await CommandRun.outcome("import", "a.ndjson", in: folder)
        let export = try await CommandRun.outcome("export", "--output", "b.ndjson", in: folder)
        #expect(export.code == 0 && export.output.isEmpty)
        #expect(folder.read("b.ndjson.partial") == nil)
        let other = ["DATA_DIR": folder.path + "/other"]
        let imported = try await CommandRun.outcome("import", "b.ndjson", in: folder, other)
        #expect(imported.errors.contains("50 created"))
    }

    @Test("A wrong setting stops a command in one line that names it; wrong usage has its own exit code")
    func failures() async throws {
        let folder = try CommandFolder()
        let setting = try await CommandRun.outcome("serve", in: folder, ["PORT": "many"])
        #expect(setting.code == 1)
        #expect(setting.errors.split(separator: "\n").count == 1 && setting.errors.contains("PORT=many"))
        for arguments in [["import"], ["query", " "], ["query", "x", "--top-k", "21"], ["no-such-command"]] {
            let run = try CommandRun(arguments, in: folder)
            #expect(await run.outcome().code == 64, "\(arguments)")
        }
        for command in ["serve", "import", "export", "query", "check", "backup", "restore", "verify"] {
            let help = try await CommandRun.outcome(command, "--help", in: folder)
            #expect(help.code == 0 && help.output.contains("EXAMPLES"))
        }
        let version = try await CommandRun.outcome("--version", in: folder)
        #expect(version.code == 0 && version.output.contains("."))
    }

    @Test("A check leaves no database behind and fails only for what is needed") func check() async throws {
        let folder = try CommandFolder()
        let check = try await CommandRun.outcome("check", in: folder)
        #expect(check.code == 0, "\(check.output)")
        #expect(check.output.contains("no database yet"))
        #expect(check.output.contains("warn  encoder"))
        #expect(!FileManager.default.fileExists(atPath: folder.dataDirectory))
        let wrong = try await CommandRun.outcome("check", in: folder, ["HOT_CACHE_SIZE": "lots"])
        #expect(wrong.code == 1)
        #expect(wrong.output.contains("bad   settings      HOT_CACHE_SIZE=lots"))
    }
}
