import Foundation
import TestSupport
import Testing

@Suite("Pins, warm-up and search of kept answers, over HTTP")
struct PlacementContractTests {
    private let tiers = "/api/v1/tiers"

    private func fill(_ server: ServerUnderTest) async throws {
        _ = try await server.post("/api/v1/knowledge", #"{"issue":"printer on fire","resolution":"run"}"#)
    }

    @Test("An answer is pinned, shown as such, survives a flush as a pin, and is unpinned")
    func pins() async throws {
        try await ServerUnderTest.serving(environment: ["HOT_CACHE_SIZE": "3"]) { server async throws in
            try await fill(server)
            let made = try await server.post("\(tiers)/warmup", #"{"queries":["printer on fire"]}"#)
            #expect(made.json["placed"] as? Int == 1)
            func items() async throws -> [String: Any] { try await server.get("\(tiers)/hot/items").json }
            let item = try #require((try await items()["items"] as? [[String: Any]])?.first)
            #expect(item["pinned"] as? Bool == false)
            let fingerprint = try #require(item["fingerprint"] as? String)
            let path = "\(tiers)/hot/items/\(fingerprint)"
            let pinned = try await server.send("POST", path + "/pin")
            #expect(pinned.status == 200)
            #expect(pinned.json["holds_answer"] as? Bool == true)
            #expect(try await server.get(path).json["pinned"] as? Bool == true)
            #expect((try await items()["items"] as? [[String: Any]])?.first?["pinned"] as? Bool == true)

            _ = try await server.send("POST", "\(tiers)/hot/flush")
            #expect(try await items()["waiting_pins"] as? [String] == [fingerprint])
            let reply = try await server.ask("printer on fire")
            let routing = try #require(reply.json["routing_info"] as? [String: Any])
            #expect(routing["reason"] as? String == "Pinned")
            #expect(routing["placed_in"] as? String == "hot_memory")

            let other = String(repeating: "0", count: 32)
            #expect(try await server.send("POST", "\(tiers)/hot/items/\(other)/pin").status == 409)
            #expect(try await server.send("DELETE", path + "/pin").status == 200)
            #expect(try await server.send("DELETE", path + "/pin").status == 404)
            #expect(try await server.send("POST", "\(tiers)/hot/items/\(other)/pin").status == 200)
            let hot = try #require(try await server.get(tiers).json["hot"] as? [String: Any])
            #expect(hot["pins"] as? [String: Int] == ["count": 1, "maximum": 1])
            #expect(try await server.send("POST", "\(tiers)/hot/items/nonsense/pin").status == 404)
            #expect(try await server.send("POST", "\(tiers)/warm/items/\(other)/pin").status == 404)
            #expect(try await server.get(path + "/pin").status == 405)
        }
    }

    @Test("A warm-up counts what it did and asks nothing")
    func warmUp() async throws {
        try await ServerUnderTest.serving { server async throws in
            try await fill(server)
            let path = "\(tiers)/warmup"
            let reply = try await server.post(path, #"{"queries":["printer on fire","printer is wet"]}"#)
            #expect(reply.status == 200)
            #expect(
                reply.json as? [String: Int] == [
                    "requested": 2, "placed": 2, "already_hot": 0, "failed": 0, "unknown": 0, "skipped": 0,
                ])
            let metrics = try await server.get("/api/v1/performance").json["performance_metrics"] as? [String: Any]
            #expect((metrics?["total_queries"] as? NSNumber)?.intValue == 0)
            let asked = try await server.ask("printer on fire")
            #expect((asked.json["routing_info"] as? [String: Any])?["tier_used"] as? String == "hot_memory")
            let top = try await server.send("POST", path + "?top=5")
            #expect(top.json["requested"] as? Int == 1)
            #expect(top.json["already_hot"] as? Int == 1)
            #expect(try await server.send("POST", path + "?top=0").status == 422)
            #expect(try await server.post(path, "{}").status == 422)
            #expect(try await server.post(path, #"{"queries":[" "]}"#).status == 422)
            #expect(try await server.post(path, #"{"queries":"printer"}"#).status == 422)
            let many = [String](repeating: #""q""#, count: 1_001).joined(separator: ",")
            #expect(try await server.post(path, #"{"queries":[\#(many)]}"#).status == 422)
        }
    }

    @Test("Kept answers are searched by text; warm says when Redis is away")
    func search() async throws {
        try await ServerUnderTest.serving { server async throws in
            try await fill(server)
            _ = try await server.post("\(tiers)/warmup", #"{"queries":["printer on fire","cats and dogs"]}"#)
            let found = try await server.post("\(tiers)/hot/search", #"{"text":"the printer burns","top_k":1}"#)
            #expect(found.status == 200)
            let items = try #require(found.json["items"] as? [[String: Any]])
            #expect(items.count == 1)
            #expect(items[0]["question"] as? String == "printer on fire")
            #expect(items[0]["score_basis"] as? String == "cosine")
            #expect(items[0]["similarity_score"] is Double)
            #expect(found.json["total_answers_searched"] as? Int == 2)
            #expect(found.json["complete"] as? Bool == true)
            #expect(try await server.post("\(tiers)/hot/search", "{}").status == 422)
            #expect(try await server.post("\(tiers)/warm/search", #"{"text":"printer"}"#).status == 503)
        }
    }

    @Test("A server started again in the same folder is hot at once, and says what it took back")
    func restart() async throws {
        let directory = try TemporaryDirectory()
        let first = try await ServerUnderTest(directory: directory)
        try await fill(first)
        _ = try await first.post("\(tiers)/warmup", #"{"queries":["printer on fire"]}"#)
        try await first.stop()
        let second = try await ServerUnderTest(directory: directory)
        let reply = try await second.ask("printer on fire")
        #expect((reply.json["routing_info"] as? [String: Any])?["tier_used"] as? String == "hot_memory")
        let hot = try await second.get(tiers).json["hot"] as? [String: Any]
        #expect((hot?["snapshot"] as? [String: Any])?["restored_answers"] as? Int == 1)
        let metrics = try await second.get("/api/v1/metrics").text
        #expect(metrics.contains("thermocline_hot_snapshot_restored_answers 1"))
        #expect(metrics.contains("thermocline_hot_pins 0"))
        try await second.stop()
    }
}
