import Foundation
import NIOHTTP1
import TestSupport
import Testing

@Suite("POST /troubleshoot")
struct QuestionContractTests {
    private static let npm =
        #"{"issue":"npm install hangs behind a proxy","resolution":"npm config set proxy","#
        + #""category":"npm","tags":["npm","a, b"]}"#

    @Test("A question is answered with every field of the contract, also without the prefix")
    func fields() async throws {
        try await ServerUnderTest.serving { server async throws in
            #expect(try await server.post("/api/v1/knowledge", Self.npm).status == 201)
            for path in ["/api/v1/troubleshoot", "/troubleshoot"] {
                let reply = try await server.post(path, #"{"text":"  npm INSTALL hangs behind a proxy"}"#)
                #expect(reply.status == 200)
                #expect(reply.header("content-type") == "application/json")
                #expect(reply.json["query"] as? String == "  npm INSTALL hangs behind a proxy")
                let result = try #require((reply.json["results"] as? [[String: Any]])?.first)
                #expect(result["issue"] as? String == "npm install hangs behind a proxy")
                #expect(result["resolution"] as? String == "npm config set proxy")
                #expect(result["category"] as? String == "npm")
                #expect(result["tags"] as? [String] == ["npm", "a, b"])
                #expect(result["similarity_score"] is Double)
                #expect(["high", "medium", "low"].contains(result["confidence"] as? String))
                #expect(reply.json["response"] as? String == "npm config set proxy")
                #expect(reply.json["search_time_ms"] is Double)
                let routing = try #require(reply.json["routing_info"] as? [String: Any])
                for field in [
                    "tier_used", "match", "reason", "placed_in", "vector_store", "embeddings",
                ] { #expect(routing[field] is String, "\(field)") }
                #expect(routing["vector_store"] as? String == "SQLite")
                #expect(routing["total_items_searched"] is Int)
                let rates = try #require(routing["performance_tier_hit_rates"] as? [String: Double])
                #expect(Set(rates.keys) == ["hot_memory", "warm_cache", "cold_storage"])
                let metadata = try #require(reply.json["metadata"] as? [String: Any])
                let time = try #require(metadata["timestamp"] as? String)
                #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
                #expect(["optimal", "good", "acceptable"].contains(metadata["system_performance"] as? String))
                #expect(metadata["architecture"] is String && metadata["knowledge_version"] as? Int == 1)
                #expect(reply.json["explain"] == nil)
            }
            #expect(try await metadata(server.ask("x"))["total_queries_processed"] as? Int == 3)
        }
    }

    private func metadata(_ reply: ServerUnderTest.Reply) -> [String: Any] {
        reply.json["metadata"] as? [String: Any] ?? [:]
    }

    @Test("Nothing found is an answer too, and says so")
    func nothingFound() async throws {
        try await ServerUnderTest.serving { server async throws in
            let reply = try await server.ask("qqqq zzzz")
            #expect(reply.status == 200)
            #expect((reply.json["results"] as? [Any])?.isEmpty == true)
            #expect(reply.json["message"] is String)
            #expect(reply.json["response"] is NSNull)
            #expect((reply.json["routing_info"] as? [String: Any])?["tier_used"] as? String == "no_results")
        }
    }

    @Test("Steps are told only to who asks for them")
    func explain() async throws {
        try await ServerUnderTest.serving { server async throws in
            let steps = try #require(try await server.ask("x", #""explain":true"#).json["explain"] as? [[String: Any]])
            #expect(steps.first?["step"] as? String == "fingerprint")
            #expect(steps.last?["step"] as? String == "route")
            #expect(steps.allSatisfy { $0["microseconds"] is Int && $0["outcome"] is String })
        }
    }

    @Test("A missing encoder is told by its part, and never by the server's files")
    func degraded() async throws {
        try await ServerUnderTest.serving(environment: ["MODEL_PATH": "/no/such/model"]) { server async throws in
            _ = try await server.post("/api/v1/knowledge", Self.npm)
            let reply = try await server.ask("npm proxy", #""explain":true"#)
            let routing = try #require(reply.json["routing_info"] as? [String: Any])
            #expect(routing["degraded"] as? [String] == ["encoder"])
            #expect(routing["degraded_reasons"] is [String: String])
            let result = try #require((reply.json["results"] as? [[String: Any]])?.first)
            #expect(result["score_basis"] as? String == "lexical" && result["similarity_score"] as? Int == 0)
            #expect(!reply.text.contains("/no/such"))
        }
    }

    @Test("What is invalid is told field by field, in the clients' own list")
    func invalid() async throws {
        try await ServerUnderTest.serving { server async throws in
            for (body, type, location) in [
                ("{}", "missing", ["body", "text"]), (#"{"text":" "}"#, "string_too_short", ["body", "text"]),
                (#"{"text":1}"#, "string_type", ["body", "text"]), ("{", "json_invalid", ["body"]),
                (#"{"text":"\#(String(repeating: "ä", count: 1_001))"}"#, "string_too_long", ["body", "text"]),
            ] {
                let reply = try await server.post("/api/v1/troubleshoot", body)
                #expect(reply.status == 422)
                let detail = try #require((reply.json["detail"] as? [[String: Any]])?.first)
                #expect(detail["type"] as? String == type)
                #expect(detail["loc"] as? [String] == location)
                #expect(detail["msg"] is String)
                #expect((reply.json["error"] as? [String: Any])?["code"] as? String == "VALIDATION")
            }
            #expect(try await server.ask(String(repeating: "ä", count: 1_000)).status == 200)
        }
    }
}
