import Foundation
import TestSupport
import Testing

@Suite("The audit log from outside")
struct AuditContractTests {
    private func lines(_ reply: ServerUnderTest.Reply) throws -> [[String: Any]] {
        #expect(reply.status == 200)
        return try #require(reply.json["items"] as? [[String: Any]])
    }

    @Test("What a caller does is written down before it is told so: who, what, which; no texts and no keys")
    func entries() async throws {
        try await ServerUnderTest.serving(environment: ServerUnderTest.keysRequired) { server async throws in
            let admin = try await RolesContractTests.key(server, "admin", tenant: "alpha")
            func send(_ method: String, _ path: String, _ body: String? = nil, type: String = "application/json")
                async throws -> ServerUnderTest.Reply
            {
                try await server.send(
                    method, "/api/v1" + path, body: body, contentType: type,
                    headers: [("X-Request-ID", "r\(method)\(path.count)")], as: .key(admin))
            }
            let issue = #"{"issue":"a very private issue","resolution":"a secret resolution"}"#
            let id = try #require(try await send("POST", "/knowledge", issue).json["id"] as? String)
            _ = try await send("POST", "/knowledge", issue)
            _ = try await send("PATCH", "/knowledge/\(id)", #"{"category":"x"}"#)
            _ = try await send("POST", "/troubleshoot", #"{"text":"a very private issue"}"#)
            _ = try await send("POST", "/knowledge/bulk", issue + "\n", type: "application/x-ndjson")
            _ = try await send("GET", "/knowledge/export")
            _ = try await send("POST", "/tiers/hot/flush")
            let fingerprint = String(repeating: "0", count: 32)
            _ = try await send("POST", "/tiers/hot/items/\(fingerprint)/pin")
            _ = try await send("DELETE", "/tiers/hot/items/\(fingerprint)/pin")
            _ = try await send("POST", "/tiers/warmup", #"{"queries":["a very private issue"]}"#)
            let made = try await send("POST", "/admin/keys", #"{"role":"reader","name":"n"}"#)
            let madeID = try #require(made.json["id"] as? String)
            _ = try await send("DELETE", "/admin/keys/\(madeID)")
            _ = try await send("DELETE", "/knowledge/\(id)")

            let reply = try await send("GET", "/admin/audit")
            let found = try lines(reply)
            let expected = [
                "knowledge.delete", "key.revoke", "key.create", "tier.warmup", "pin.remove", "pin.set", "tier.flush",
                "knowledge.export", "knowledge.bulk", "knowledge.replace", "knowledge.replace", "knowledge.create",
            ]
            // An item posted again unchanged is replaced all the same; a bulk of it leaves it alone.
            let actions = found.compactMap { $0["action"] as? String }
            #expect(actions.filter { $0 != "knowledge.bulk" } == expected.filter { $0 != "knowledge.bulk" })
            let keyID = String(admin.split(separator: "_")[1])
            for line in found {
                #expect(line["tenant"] as? String == "alpha" && line["subject"] as? String == "key:" + keyID)
                #expect(line["key_id"] as? String == keyID)
                #expect((line["request_id"] as? String)?.hasPrefix("r") == true)
            }
            #expect(found.last?["target"] as? String == "item \(id)")
            for secret in ["private", "secret", admin, try #require(made.json["key"] as? String)] {
                #expect(!reply.text.contains(secret))
            }

            // Of the rest of the installation an admin sees nothing, an operator all.
            #expect(try await send("GET", "/admin/audit?tenant=default").status == 403)
            #expect(try await send("GET", "/admin/audit/verify").status == 403)
            let all = try lines(try await server.get("/api/v1/admin/audit"))
            #expect(all.count > found.count && all.contains { $0["action"] as? String == "server.start" })
            #expect(try lines(try await server.get("/api/v1/admin/audit?tenant=alpha")).count == found.count)

            var paged: [Int] = []
            var cursor = ""
            repeat {
                let page = try await send("GET", "/admin/audit?limit=5" + cursor)
                paged += try lines(page).compactMap { $0["seq"] as? Int }
                cursor = (page.json["next_cursor"] as? String).map { "&cursor=" + $0 } ?? ""
            } while !cursor.isEmpty
            #expect(paged == found.compactMap { $0["seq"] as? Int })

            let verified = try await server.get("/api/v1/admin/audit/verify")
            #expect(verified.json["intact"] as? Bool == true && verified.json["lines"] as? Int == all.count)
        }
    }

    @Test("Questions are written down only where that is wanted")
    func questions() async throws {
        try await ServerUnderTest.serving(environment: ["AUDIT_QUERIES": "true"]) { server async throws in
            _ = try await server.ask("why does it hang")
            let deadline = ContinuousClock.now + .seconds(10)
            var found: [[String: Any]] = []
            while found.isEmpty, .now < deadline {
                found = try lines(try await server.get("/api/v1/admin/audit"))
                    .filter { $0["action"] as? String == "question" }
            }
            #expect((found.first?["details"] as? [String: Any])?["text"] as? String == "why does it hang")
        }
    }
}
