import Foundation
import TestSupport
import Testing

@Suite("Advice on the sizes of the tiers")
struct AdviceContractTests {
    private static func figures(_ json: [String: Any], _ tier: String) throws -> [String: Any] {
        try #require(json[tier] as? [String: Any])
    }

    @Test("A server that has not been asked yet says so, and has every field")
    func unasked() async throws {
        try await ServerUnderTest.serving { server async throws in
            let reply = try await server.get("/api/v1/tiers/advice")
            #expect(reply.status == 200)
            #expect(reply.json["sampled_keys"] as? Int == 0)
            #expect((reply.json["sampling_rate"] as? NSNumber)?.doubleValue == 1)
            for (tier, setting) in [("hot", "HOT_CACHE_SIZE=1000"), ("warm", "WARM_CACHE_SIZE=0")] {
                let figures = try Self.figures(reply.json, tier)
                #expect(figures["capacity"] is Int)
                #expect((figures["expected_hit_rate"] as? NSNumber)?.doubleValue == 0)
                #expect((figures["advice"] as? String)?.hasPrefix("Too few questions") == true)
                #expect(figures["set"] as? String == setting)
                let curve = try #require(figures["curve"] as? [[String: Any]])
                #expect(curve.allSatisfy { $0["size"] is Int && $0["expected_hit_rate"] is NSNumber })
                #expect(curve.count == 9)
            }
            #expect(try await server.post("/api/v1/tiers/advice", "{}").status == 405)
        }
    }

    @Test("A hot tier smaller than a loop of questions is told how large to be")
    func tooSmall() async throws {
        try await ServerUnderTest.serving(environment: ["HOT_CACHE_SIZE": "4"]) { server async throws in
            for index in 0..<240 { _ = try await server.ask("question number \(index % 12)") }
            let reply = try await server.get("/api/v1/tiers/advice").json
            #expect(reply["sampled_keys"] as? Int == 12)
            let hot = try Self.figures(reply, "hot")
            #expect(hot["capacity"] as? Int == 4)
            #expect((hot["expected_hit_rate"] as? NSNumber)?.doubleValue == 0)
            #expect(hot["set"] as? String == "HOT_CACHE_SIZE=16")
            #expect((hot["advice"] as? String)?.hasPrefix("HOT_CACHE_SIZE=16 would hit 95 % instead of 0 %.") == true)
        }
    }

    @Test("Questions that bypass the cache are none of its look-ups")
    func bypass() async throws {
        try await ServerUnderTest.serving { server async throws in
            _ = try await server.ask("x", #""cache":"bypass""#)
            _ = try await server.ask("y")
            #expect(try await server.get("/api/v1/tiers/advice").json["sampled_keys"] as? Int == 1)
        }
    }
}
