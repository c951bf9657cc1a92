import Foundation
import NIOHTTP1
import Pipeline
import Server
import TestSupport
import Testing

@Suite("Semantic hits over HTTP")
struct SemanticContractTests {
    private static let guarded = [
        "SEMANTIC_HITS": "guarded", "GUARD_LISTS_DIR": SemanticHits.guardListsFolder, "HOT_ACCESS_THRESHOLD": "1",
        "SEMANTIC_VERIFY_SHARE": "1",
    ]
    private static let item = #"{"issue":"nightly job in Jenkins does not start","resolution":"look at the label"}"#
    private static let kept = "In Jenkins, the nightly job never starts"
    private static let asked = "the nightly job never starts in Jenkins"

    private func routing(_ reply: ServerUnderTest.Reply) -> [String: Any] {
        reply.json["routing_info"] as? [String: Any] ?? [:]
    }

    @Test("A reused answer says so, names the question it came from, and explains every candidate")
    func reuse() async throws {
        try await ServerUnderTest.serving(environment: Self.guarded) { server async throws in
            _ = try await server.post("/api/v1/knowledge", Self.item)
            #expect(routing(try await server.ask(Self.kept))["match"] as? String == "search")
            let reply = try await server.ask(Self.asked, #""explain":true"#)
            let info = routing(reply)
            #expect(info["match"] as? String == "semantic")
            #expect(info["matched_query"] as? String == Self.kept.lowercased())
            #expect(info["tier_used"] as? String == "hot_memory")
            #expect(info["placed_in"] as? String == "cold_storage" && info["placement_refused"] is String)
            #expect(reply.json["query"] as? String == Self.asked)
            let steps = try #require(reply.json["explain"] as? [[String: Any]])
            let step = try #require(steps.first { $0["step"] as? String == "hot.semantic" })
            #expect(step["outcome"] as? String == "hit")
            let candidate = try #require((step["candidates"] as? [[String: Any]])?.first)
            #expect(candidate["query"] as? String == Self.kept.lowercased())
            #expect(candidate["rule"] as? String == "accepted")
            #expect((candidate["similarity"] as? NSNumber)?.doubleValue ?? 0 >= 0.82)

            let exact = routing(try await server.ask(Self.kept))
            #expect(exact["match"] as? String == "exact" && exact["matched_query"] == nil)

            let refused = try await server.ask(Self.asked, #""semantic_threshold":1,"explain":true"#)
            #expect(routing(refused)["match"] as? String == "search")
            let search = try #require(
                (refused.json["explain"] as? [[String: Any]])?.first { $0["step"] as? String == "cold.search" })
            let item = try #require((search["candidates"] as? [[String: Any]])?.first)
            #expect(item["id"] as? String == "1" && item["similarity"] is NSNumber && item["rule"] == nil)
        }
    }

    @Test("A threshold below the server's is the server's, and one that is no cosine is refused")
    func threshold() async throws {
        try await ServerUnderTest.serving(
            environment: Self.guarded.merging(["SEMANTIC_THRESHOLD": "0.9999"]) { $1 }
        ) { server async throws in
            _ = try await server.post("/api/v1/knowledge", Self.item)
            _ = try await server.ask(Self.kept)
            let reply = try await server.ask(Self.asked, #""semantic_threshold":0"#)
            #expect(reply.status == 200 && routing(reply)["match"] as? String == "search")
            #expect(try await server.ask("x", #""semantic_threshold":1.1"#).status == 422)
        }
    }

    @Test("What was reused, refused and verified is in /performance and /metrics")
    func figures() async throws {
        try await ServerUnderTest.serving(environment: Self.guarded) { server async throws in
            _ = try await server.post("/api/v1/knowledge", Self.item)
            _ = try await server.ask(Self.kept)
            _ = try await server.ask(Self.asked)
            func semantic() async throws -> [String: Any] {
                try await server.get("/api/v1/performance").json["semantic"] as? [String: Any] ?? [:]
            }
            let deadline = ContinuousClock.now + .seconds(20)
            while try await semantic()["verified"] as? Int != 1, .now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            let figures = try await semantic()
            #expect(figures["mode"] as? String == "guarded")
            #expect((figures["questions_by_match"] as? [String: Int])?["semantic"] == 1)
            #expect((figures["candidates_by_rule"] as? [String: Int]) == ["accepted": 1])
            #expect(figures["verified"] as? Int == 1 && figures["false_hits"] as? Int == 0)
            #expect((figures["false_hit_rate"] as? NSNumber)?.doubleValue == 0)
            #expect((figures["false_hit_rate_upper"] as? NSNumber)?.doubleValue ?? 0 > 0.7)
            #expect((figures["threshold"] as? NSNumber)?.doubleValue == 0.82)
            let text = try await server.get("/metrics").text
            for line in [
                #"thermocline_questions_by_match_total{match="semantic"} 1"#,
                #"thermocline_semantic_candidates_total{rule="accepted"} 1"#,
                #"thermocline_semantic_candidates_total{rule="negation"} 0"#,
                #"thermocline_semantic_verified_total{tenant="default"} 1"#,
                #"thermocline_semantic_threshold{tenant="default"} 0.82"#,
            ] { #expect(text.contains(line + "\n"), "\(line)") }
            #expect((try await server.get("/").json["features"] as? [String: Bool])?["semantic_hits"] == true)
        }
    }

    @Test("Lists that are missing stop the start in one line, but only where they are needed")
    func missingLists() async throws {
        let missing = ["GUARD_LISTS_DIR": "/no/such/lists"]
        let error = await #expect(throws: StartError.self) {
            _ = try await ServerUnderTest(environment: missing.merging(["SEMANTIC_HITS": "guarded"]) { $1 })
        }
        #expect(error?.description.contains("GUARD_LISTS_DIR=/no/such/lists") == true)
        #expect(error?.description.contains("\n") == false)
        try await ServerUnderTest.serving(environment: missing) { server async throws in
            _ = try await server.post("/api/v1/knowledge", Self.item)
            _ = try await server.ask(Self.kept)
            #expect(routing(try await server.ask(Self.asked))["match"] as? String == "search")
            let figures = try await server.get("/api/v1/performance").json["semantic"] as? [String: Any]
            #expect(figures?["mode"] as? String == "off" && figures?["threshold"] == nil)
        }
    }
}
