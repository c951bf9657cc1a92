import Foundation
import NIOHTTP1
import TestSupport
import Testing

@Suite("Knowledge over HTTP")
struct KnowledgeContractTests {
    @Test("An item is added, replaced, read, changed and deleted, with its version as its tag")
    func life() async throws {
        try await ServerUnderTest.serving { server async throws in
            let added = try await server.post(
                "/api/v1/knowledge", #"{"issue":" disk  full ","resolution":"df -h","tags":["linux"]}"#)
            #expect(added.status == 201 && added.header("etag") == "\"1\"")
            #expect(added.json["version"] as? Int == 1 && added.json["message"] is String)
            #expect(added.json["storage_info"] is [String: Any])
            let item = try #require(added.json["item"] as? [String: Any])
            #expect(item["issue"] as? String == "disk full" && item["category"] as? String == "general")
            let path = "/api/v1/knowledge/" + (try #require(added.json["id"] as? String))

            let replaced = try await server.post("/api/v1/knowledge", #"{"issue":"disk full","resolution":"du -sh"}"#)
            #expect(replaced.status == 200 && replaced.json["version"] as? Int == 2)
            #expect(replaced.json["id"] as? String == added.json["id"] as? String)

            let stale = try await server.send(
                "PUT", path, body: #"{"issue":"disk full","resolution":"x"}"#, headers: [("If-Match", "\"1\"")])
            #expect(stale.status == 409)
            let put = try await server.send(
                "PUT", path, body: #"{"issue":"disk is full","resolution":"x"}"#, headers: [("If-Match", "\"2\"")])
            #expect(put.status == 200 && put.header("etag") == "\"3\"")
            let patched = try await server.send("PATCH", path, body: #"{"category":"linux"}"#)
            #expect(patched.status == 200)

            let read = try await server.get(path)
            #expect(read.status == 200 && read.header("etag") == "\"4\"")
            #expect(read.json["issue"] as? String == "disk is full" && read.json["category"] as? String == "linux")
            #expect(read.json["resolution"] as? String == "x")

            #expect(try await server.send("DELETE", path, headers: [("If-Match", "\"3\"")]).status == 409)
            #expect(try await server.send("DELETE", path, headers: [("If-Match", "*")]).status == 200)
            #expect(try await server.get(path).status == 404)
            #expect(try await server.send("DELETE", path).status == 404)
        }
    }

    @Test("Another item's issue is not taken away from it")
    func issueTaken() async throws {
        try await ServerUnderTest.serving { server async throws in
            _ = try await server.post("/api/v1/knowledge", #"{"issue":"a","resolution":"1"}"#)
            let other = try await server.post("/api/v1/knowledge", #"{"issue":"b","resolution":"2"}"#)
            let id = try #require(other.json["id"] as? String)
            let reply = try await server.send(
                "PUT", "/api/v1/knowledge/" + id, body: #"{"issue":"a","resolution":"3"}"#)
            #expect(reply.status == 409)
        }
    }

    @Test("What breaks a limit is told by its field")
    func limits() async throws {
        try await ServerUnderTest.serving { server async throws in
            let long = String(repeating: "x", count: 2_001)
            for (body, type, field) in [
                (#"{"resolution":"r"}"#, "missing", "issue"), (#"{"issue":"i"}"#, "missing", "resolution"),
                (#"{"issue":" ","resolution":"r"}"#, "string_too_short", "issue"),
                (#"{"issue":"\#(long)","resolution":"r"}"#, "string_too_long", "issue"),
                (
                    #"{"issue":"i","resolution":"\#(String(repeating: "r", count: 65_537))"}"#, "string_too_long",
                    "resolution"
                ),
                (#"{"issue":"i","resolution":"r","tags":"t"}"#, "list_type", "tags"),
                (#"{"issue":"i","resolution":"r","category":3}"#, "string_type", "category"),
            ] {
                let reply = try await server.post("/api/v1/knowledge", body)
                #expect(reply.status == 422)
                let detail = try #require((reply.json["detail"] as? [[String: Any]])?.first)
                #expect(detail["type"] as? String == type)
                #expect((detail["loc"] as? [String])?[1] == field)
                #expect(reply.body.count < 1_000)
            }
            let described = try await server.post("/api/v1/knowledge", #"{"description":"d","resolution":"r"}"#)
            #expect(described.status == 201)
        }
    }

    @Test("Pages are walked to the end without repetition, filtered by category and tag")
    func pages() async throws {
        try await ServerUnderTest.serving { server async throws in
            let lines = (1...25).map { number in
                #"{"issue":"i\#(number)","resolution":"r","category":"c\#(number % 2)","tags":["t\#(number % 5)"]}"#
            }
            _ = try await bulk(server, lines)
            var seen: [String] = []
            var cursor = ""
            repeat {
                let page = try await server.get("/api/v1/knowledge?limit=10&cursor=\(cursor)").json
                seen += (page["items"] as? [[String: Any]] ?? []).compactMap { $0["issue"] as? String }
                cursor = page["next_cursor"] as? String ?? ""
            } while !cursor.isEmpty
            #expect(seen == (1...25).map { "i\($0)" })
            let filtered = try await server.get("/api/v1/knowledge?category=c1&tag=t0").json
            let issues = (filtered["items"] as? [[String: Any]] ?? []).compactMap { $0["issue"] as? String }
            #expect(issues == ["i5", "i15", "i25"])
            #expect(try await server.get("/api/v1/knowledge?limit=0").status == 422)
            #expect(try await server.get("/api/v1/knowledge?cursor=x").status == 422)
        }
    }

    private func bulk(
        _ server: ServerUnderTest, _ lines: [String], _ query: String = ""
    ) async throws -> ServerUnderTest.Reply {
        try await server.send(
            "POST", "/api/v1/knowledge/bulk" + query, body: lines.joined(separator: "\n"),
            contentType: "application/x-ndjson")
    }

    @Test("A bulk stream stores what is valid and tells what is not, line by line, and what came of all")
    func bulkContinue() async throws {
        try await ServerUnderTest.serving { server async throws in
            let lines = [
                #"{"issue":"a","resolution":"1"}"#, "", #"{"issue":"","resolution":"1"}"#, "nope", "[1]",
                #"{"issue":"b","resolution":"2"}"#, #"{"issue":"a","resolution":"changed"}"#,
                #"{"issue":"x","resolution":"\#(String(repeating: "y", count: 1 << 20))"}"#,
                #"{"issue":"c","resolution":"3"}"#,
            ]
            let reply = try await bulk(server, lines)
            #expect(reply.status == 200)
            #expect(reply.header("content-type") == "application/x-ndjson")
            #expect(reply.lines.dropLast().map { $0["line"] as? Int } == [3, 4, 5, 8])
            let summary = try #require(reply.lines.last?["summary"] as? [String: Any])
            #expect(summary["created"] as? Int == 3 && summary["replaced"] as? Int == 1)
            #expect(summary["failed"] as? Int == 4 && summary["stopped"] as? Bool == false)
            let again = try await bulk(server, [#"{"issue":"c","resolution":"3"}"#])
            #expect((again.lines.last?["summary"] as? [String: Any])?["unchanged"] as? Int == 1)
        }
    }

    @Test("Told to stop at an error, a bulk stream stores nothing after the failed line")
    func bulkStop() async throws {
        try await ServerUnderTest.serving { server async throws in
            let lines = [#"{"issue":"a","resolution":"1"}"#, "nope", #"{"issue":"b","resolution":"2"}"#]
            let reply = try await bulk(server, lines, "?on_error=stop")
            let summary = try #require(reply.lines.last?["summary"] as? [String: Any])
            #expect(summary["created"] as? Int == 1 && summary["failed"] as? Int == 1)
            #expect(summary["stopped"] as? Bool == true)
            #expect(try await (server.get("/api/v1/knowledge").json["items"] as? [Any])?.count == 1)
            #expect(try await bulk(server, lines, "?on_error=maybe").status == 422)
            #expect(try await server.post("/api/v1/knowledge/bulk?on_error=stop", "").status == 200)
            let wrongType = try await server.send(
                "POST", "/api/v1/knowledge/bulk", body: "", contentType: "text/csv")
            #expect(wrongType.status == 415)
        }
    }

    @Test("An export is all items, one a line, and can be taken in again")
    func export() async throws {
        try await ServerUnderTest.serving { server async throws in
            let lines = (1...600).map { #"{"issue":"i\#($0)","resolution":"r \#($0)","tags":["a, b"]}"# }
            _ = try await bulk(server, lines)
            let export = try await server.get("/api/v1/knowledge/export")
            #expect(export.status == 200 && export.lines.count == 600)
            #expect(export.lines.last?["issue"] as? String == "i600")
            let again = try await bulk(server, export.text.split(separator: "\n").map(String.init))
            #expect((again.lines.last?["summary"] as? [String: Any])?["unchanged"] as? Int == 600)
        }
    }

    @Test("What was posted is in the very next answer")
    func visible() async throws {
        try await ServerUnderTest.serving { server async throws in
            for number in 1...20 {
                _ = try await server.post(
                    "/api/v1/knowledge", #"{"issue":"flux capacitor leaks","resolution":"weld \#(number)"}"#)
                #expect(try await server.ask("flux capacitor leaks").json["response"] as? String == "weld \(number)")
            }
        }
    }
}
