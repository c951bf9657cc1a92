import Access
import Foundation
import Testing
import ThermoclineClient

@Suite("Keys and audit at the command line", .serialized) struct AccessCommandTests {
    private static let keysRequired = ["API_KEY_REQUIRED": "true", "RATE_LIMIT_PER_MINUTE": "0"]

    private func started(_ folder: CommandFolder) async throws -> (run: CommandRun, url: String) {
        struct Place: Decodable { let url: String }
        // One that was killed has left its own.
        try? FileManager.default.removeItem(atPath: folder.dataDirectory + "/server.json")
        let server = try CommandRun(["serve"], in: folder, Self.keysRequired)
        let deadline = ContinuousClock.now + .seconds(30)
        while folder.read("data/server.json") == nil, server.isRunning {
            try #require(.now < deadline, "the server does not say where it listens")
            try await Task.sleep(for: .milliseconds(5))
        }
        let file = try #require(folder.read("data/server.json"))
        return (server, try JSONDecoder().decode(Place.self, from: Data(file.utf8)).url)
    }

    private static func id(_ key: String) -> String { String(key.split(separator: "_")[1]) }

    @Test("Without a server keys are made, listed and revoked in the file, and each is in the audit log")
    func offline() async throws {
        let folder = try CommandFolder()
        let made = try await CommandRun.outcome(
            "keys", "create", "--role", "admin", "--tenant", "payments", "--name", "the team", in: folder)
        #expect(made.code == 0, "\(made.errors)")
        let key = made.output.trimmingCharacters(in: .newlines)
        #expect(key.hasPrefix("tc_") && key.split(separator: "\n").count == 1)
        #expect(made.errors.contains("admin of tenant payments") && !made.errors.contains(key))
        var listed = try await CommandRun.outcome("keys", "list", in: folder)
        #expect(
            listed.output.contains("\(Self.id(key))\tpayments\tadmin\t") && listed.output.contains("\tgood\tthe team"))
        #expect(try await CommandRun.outcome("keys", "list", "--tenant", "other", in: folder).output.isEmpty)
        #expect(try await CommandRun.outcome("keys", "revoke", Self.id(key), in: folder).code == 0)
        listed = try await CommandRun.outcome("keys", "list", in: folder)
        #expect(listed.output.contains("\trevoked "))
        let again = try await CommandRun.outcome("keys", "revoke", Self.id(key), in: folder)
        #expect(again.code == 1 && again.errors.contains("there is no key"))
        let verified = try await CommandRun.outcome("audit", "verify", in: folder)
        #expect(verified.code == 0 && verified.output.hasPrefix("ok    2 lines, 1 to 2, the last with hash "))
        #expect(try await CommandRun.outcome("keys", "create", "--role", "root", in: folder).code == 64)
    }

    @Test("Beside a server that requires keys, commands go through it with the first operator's key or a given one")
    func besideServer() async throws {
        let folder = try CommandFolder()
        let (server, _) = try await started(folder)
        defer { server.send(SIGKILL) }
        let made = try await CommandRun.outcome(
            "keys", "create", "--role", "writer", "--tenant", "payments", in: folder)
        #expect(made.code == 0, "\(made.errors)")
        let key = made.output.trimmingCharacters(in: .newlines)
        try folder.write("a.ndjson", #"{"issue":"the printer is on fire","resolution":"extinguish it"}"# + "\n")
        let withKey = ["THERMOCLINE_API_KEY": key]
        let imported = try await CommandRun.outcome("import", "a.ndjson", in: folder, withKey)
        #expect(imported.code == 0, "\(imported.errors)")
        // It is the tenant's of the key, and nobody else's.
        let theirs = try await CommandRun.outcome("query", "the printer is on fire", in: folder, withKey)
        #expect(theirs.output.contains("extinguish it"))
        let ours = try await CommandRun.outcome("query", "the printer is on fire", in: folder)
        #expect(ours.code == 0 && !ours.output.contains("extinguish it"))
        #expect(try await CommandRun.outcome("keys", "list", in: folder, withKey).code == 1)

        #expect(try await CommandRun.outcome("keys", "revoke", Self.id(key), in: folder).code == 0)
        let refused = try await CommandRun.outcome("query", "the printer is on fire", in: folder, withKey)
        #expect(refused.code == 1 && refused.errors.contains("refused (401)"))
        let verified = try await CommandRun.outcome("audit", "verify", in: folder)
        #expect(verified.code == 0 && verified.output.hasPrefix("ok    "))
        server.send(SIGTERM)
        let ended = await server.outcome()
        #expect(ended.code == 0)
        // Neither the first key nor any other is in the log of the server.
        let first = try #require(folder.read("data/operator.key")).trimmingCharacters(in: .newlines)
        for secret in [key, first] { #expect(!ended.errors.contains(secret) && !ended.output.contains(secret)) }
        #expect(ended.errors.contains("data/operator.key"))
    }

    @Test("After a kill every write that was acknowledged is in the audit log, and its chain holds")
    func killed() async throws {
        let folder = try CommandFolder()
        for run in 1...3 {
            let (server, url) = try await started(folder)
            let key = try #require(folder.read("data/operator.key")).trimmingCharacters(in: .newlines)
            let client = try ThermoclineClient(url: url, apiKey: key, options: ClientOptions(attempts: 1))
            let written = await withTaskGroup(of: [String].self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        var acknowledged: [String] = []
                        for number in 0... {
                            let draft = ThermoclineClient.ItemDraft(
                                issue: "issue \(run) \(writer) \(number)", resolution: "resolution")
                            guard let stored = try? await client.put(draft) else { break }
                            acknowledged.append(stored.id)
                        }
                        return acknowledged
                    }
                }
                group.addTask {
                    try? await Task.sleep(for: .milliseconds(Int.random(in: 100...400)))
                    server.send(SIGKILL)
                    return []
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            await client.close()
            _ = await server.outcome()
            #expect(!written.isEmpty, "nothing was written before the kill")

            let verified = try await CommandRun.outcome("audit", "verify", in: folder)
            #expect(verified.code == 0, "\(verified.output)")
            let lines = try await audited(folder)
            for id in written {
                #expect(lines.contains("item \(id)"), "item \(id) was acknowledged and is not in the log")
            }
        }
    }

    /// What items the audit log says were created.
    private func audited(_ folder: CommandFolder) async throws -> Set<String> {
        struct Line: Decodable {
            let action: String
            let target: String?
        }
        let store = try await AccessStore.open(directory: folder.dataDirectory)
        let lines = try await AuditLog(store).page(of: nil, before: nil, limit: .max)
            .map { try JSONDecoder().decode(Line.self, from: Data($0.line.utf8)) }
        await store.close()
        return Set(lines.filter { $0.action == "knowledge.create" }.compactMap(\.target))
    }
}
