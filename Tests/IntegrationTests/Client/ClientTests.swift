import Foundation
import Server
import TestSupport
import Testing
import ThermoclineClient

/// The client against a real server.
@Suite("The client") struct ClientTests {
    private typealias Draft = ThermoclineClient.ItemDraft

    @Test("An item is stored, read, replaced, changed, refused with an old version, listed and deleted")
    func knowledge() async throws {
        try await ServerUnderTest.serving { server in
            try await ThermoclineClient.withClient(url: server.place.url + "/") { client in
                let first = try await client.put(Draft(issue: "printer on fire", resolution: "run", tags: ["a, b"]))
                #expect(first.isNew && first.version == 1)
                let again = try await client.put(Draft(issue: "printer on fire", resolution: "extinguish it"))
                #expect(!again.isNew && again.id == first.id && again.version == 2)
                let replaced = try await client.replace(
                    first.id, with: Draft(issue: "printer on fire", resolution: "call"), ifVersion: 2)
                #expect(replaced.version == 3)
                let changed = try await client.change(first.id, .init(category: "office"), ifVersion: 3)
                #expect(changed.version == 4)
                let item = try await client.item(first.id)
                #expect(item.resolution == "call" && item.category == "office" && item.quality == 0)
                #expect(abs(item.updatedAt.timeIntervalSinceNow) < 60)
                do {
                    _ = try await client.change(first.id, .init(category: "x"), ifVersion: 3)
                    Issue.record("an old version was accepted")
                } catch {
                    let refusal = try #require((error as? ClientError)?.refusal)
                    #expect(refusal.status == 409 && refusal.code == "CONFLICT" && refusal.details["version"] == "4")
                    #expect(refusal.requestID?.isEmpty == false)
                }
                do {
                    _ = try await client.put(Draft(issue: " ", resolution: "x"))
                    Issue.record("a blank issue was accepted")
                } catch {
                    #expect((error as? ClientError)?.refusal?.violations.first?.location == "body.issue")
                }
                _ = try await client.put(Draft(issue: "second", resolution: "x", category: "office"))
                let page = try await client.items(limit: 1, category: "office")
                let rest = try await client.items(after: page.nextCursor, limit: 1, category: "office")
                #expect(page.items.map(\.issue) + rest.items.map(\.issue) == ["printer on fire", "second"])
                #expect(rest.nextCursor == nil)
                try await client.delete(first.id, ifVersion: 4)
                do {
                    try await client.delete(first.id)
                    Issue.record("what is not there was deleted")
                } catch {
                    #expect((error as? ClientError)?.refusal?.status == 404)
                }
            }
        }
    }

    @Test("A question is answered with its way, a vote counts, tiers, health and system are read")
    func questions() async throws {
        try await ServerUnderTest.serving { server in
            try await ThermoclineClient.withClient(url: server.place.url) { client in
                let stored = try await client.put(
                    Draft(issue: "npm install hangs behind a proxy", resolution: "set https-proxy", tags: ["npm"]))
                let answer = try await client.ask(
                    .init("npm install hangs behind a proxy", topK: 1, tags: ["npm"], explain: true))
                #expect(answer.results.map(\.id) == [stored.id] && answer.routing.tierUsed == "cold_storage")
                #expect(answer.steps?.isEmpty == false)
                let none = try await client.ask(.init("npm install hangs behind a proxy", category: "no such"))
                #expect(none.results.isEmpty && none.message != nil)
                try await client.vote(true, on: stored.id, for: "npm install hangs")
                let tiers = try await client.tiers()
                #expect(tiers.cold.size == 1 && tiers.hot.name == "hot_memory")
                #expect(tiers.cold.windows["since_start"] != nil)
                #expect(try await client.health().components["cold_storage"]?.status == "healthy")
                let info = try await client.systemInfo()
                #expect(info.storeID == server.place.storeID && info.knowledgeVersion > 0)
            }
        }
    }

    @Test("Items are streamed in and out: bad lines are told apart, and an export is what went in")
    func streams() async throws {
        try await ServerUnderTest.serving { server in
            try await ThermoclineClient.withClient(url: server.place.url) { client in
                let count = 300
                let (drafts, feed) = AsyncStream<Draft>.makeStream()
                for number in 0..<count {
                    feed.yield(Draft(issue: number == 41 ? "" : "issue \(number)", resolution: "r \(number)"))
                }
                feed.finish()
                var failures: [ThermoclineClient.BulkFailure] = []
                let summary = try await client.bulk(drafts) { failures.append($0) }
                #expect(summary.created == count - 1 && summary.failed == 1 && !summary.stopped)
                #expect(failures.map(\.line) == [42] && failures.first?.code == "VALIDATION")

                var issues: [String] = []
                for try await item in try await client.export().items { issues.append(item.issue) }
                #expect(issues == (0..<count).filter { $0 != 41 }.map { "issue \($0)" })

                var bytes: [UInt8] = []
                for try await piece in try await client.export() { bytes += piece }
                let report = try await client.bulk(ndjson: bytes, onError: .stop)
                #expect(report.summary.unchanged == count - 1 && report.failures.isEmpty)
            }
        }
    }

    @Test("The Python example does what it says, and waits as long as it is told")
    func pythonExample() async throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/client.py").path
        let folder = try CommandFolder()
        func python(_ url: String, _ arguments: String...) async throws -> CommandRun.Outcome {
            try await CommandRun(
                [script, "--url", url] + arguments, in: folder, ["PYTHONDONTWRITEBYTECODE": "1"],
                program: URL(filePath: "/usr/bin/python3")
            ).outcome()
        }
        try await ServerUnderTest.serving { server in
            let url = server.place.url
            let added = try await python(url, "add", "printer is on fire", "extinguish it", "--tag", "a, b")
            #expect(added.code == 0 && added.output.contains("version 1"), "\(added.errors)")
            try folder.write("items.ndjson", #"{"issue":"b","resolution":"r"}"# + "\n" + #"{"issue":"c"}"# + "\n")
            let bulk = try await python(url, "bulk", "items.ndjson")
            #expect(bulk.code == 1 && bulk.errors.contains("line 2: "), "\(bulk.errors)")
            #expect(bulk.output.contains(#""created": 1"#))
            let asked = try await python(url, "ask", "printer is on fire")
            #expect(asked.output.contains("extinguish it") && asked.output.contains("cold_storage"), "\(asked.errors)")
            let exported = try await python(url, "export")
            #expect(exported.output.split(separator: "\n").count == 2, "\(exported.errors)")
            #expect(exported.output.contains(#""tags": ["a, b"]"#))
            let id = try await server.get("/api/v1/knowledge?limit=1").json["items"] as? [[String: Any]]
            let voted = try await python(url, "vote", id?.first?["id"] as? String ?? "", "yes", "fire")
            #expect(voted.code == 0, "\(voted.errors)")
            #expect(try await python(url, "health").code == 0)
            let refused = try await python(url, "vote", "99999", "no", "fire")
            #expect(refused.code == 1 && refused.errors.contains("404 NOT_FOUND"), "\(refused.errors)")
        }
        let busy = try await FaultServer([
            .reply(status: 429, headers: ["Retry-After": "1"]),
            .reply(status: 200, body: #"{"overall_status":"healthy","message":"m"}"#),
        ])
        #expect(try await python(busy.url, "vote", "1", "yes", "q").code == 0)
        await busy.stop()
        try #require(busy.received.count == 2)
        #expect(busy.received[1].at - busy.received[0].at >= .seconds(1))
    }
}
