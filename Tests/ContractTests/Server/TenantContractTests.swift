import Foundation
import Server
import TestSupport
import Testing

@Suite("What a tenant sees of others")
struct TenantContractTests {
    private static let marks = ["alpha", "zebra", "quagga"]

    @Test("Nothing: no text, no count, no figure; and it ends nothing of theirs", arguments: [false, true])
    func nothing(withRedis: Bool) async throws {
        let redis = withRedis ? try await RedisProcess() : nil
        try await ServerUnderTest.serving(redis: redis, environment: ServerUnderTest.keysRequired) {
            server async throws in
            let alpha = try await RolesContractTests.key(server, "admin", tenant: "alpha")
            let beta = try await RolesContractTests.key(server, "admin", tenant: "beta")
            func send(_ key: String, _ method: String, _ path: String, _ body: String? = nil) async throws
                -> ServerUnderTest.Reply
            {
                try await server.send(method, "/api/v1" + path, body: body, as: .key(key))
            }
            let item = #"{"issue":"error zebra does not boot","resolution":"feed the quagga"}"#
            let id = try #require(try await send(alpha, "POST", "/knowledge", item).json["id"] as? String)
            let question = #"{"text":"error zebra does not boot","explain":true}"#
            for _ in 0..<4 {
                let reply = try await send(alpha, "POST", "/troubleshoot", question)
                #expect(reply.text.contains("quagga"))
            }
            let kept = try #require(try await send(alpha, "GET", "/tiers/hot/items").json["items"] as? [[String: Any]])
            let fingerprint = try #require(kept.first?["fingerprint"] as? String)
            _ = try await send(alpha, "POST", "/tiers/hot/items/\(fingerprint)/pin")

            // Every route that reads, by whatever id.
            for route in try await RoutesOfServer.all() where route.method == "GET" {
                for known in [id, fingerprint] {
                    let path = route.path.replacing("/7/", with: "/hot/").replacing(/\/7$/, with: "/\(known)")
                    let reply = try await server.send("GET", path, as: .key(beta))
                    for mark in Self.marks { #expect(!reply.text.contains(mark), "\(path): \(reply.text)") }
                    #expect(!reply.text.contains(fingerprint), "\(path)")
                }
            }
            let performance = try #require(
                try await send(beta, "GET", "/performance").json["performance_metrics"] as? [String: Any])
            #expect(performance["total_queries"] as? Int == 0 && performance["hot_hits"] as? Int == 0)
            let tiers = try await send(beta, "GET", "/tiers").json
            for tier in ["hot", "cold"] {
                let figures = try #require(tiers[tier] as? [String: Any])
                #expect(figures["size"] as? Int == 0 && figures["hits"] as? Int == 0 && figures["misses"] as? Int == 0)
            }
            #expect(((tiers["hot"] as? [String: Any])?["pins"] as? [String: Any])?["count"] as? Int == 0)
            let components = try #require(try await send(beta, "GET", "/health").json["components"] as? [String: Any])
            #expect((components["hot_cache"] as? [String: Any])?["item_count"] as? Int == 0)
            let storage = try await send(beta, "GET", "/system/info").json["storage_info"] as? [String: Any]
            #expect(storage?["hot_cache_size"] as? Int == 0 && storage?["cold_storage_size"] as? Int == 0)

            // The same question, of which beta knows nothing.
            let own = try await send(beta, "POST", "/troubleshoot", question)
            #expect(own.json["results"] as? [[String: String]] == [])
            let routing = try #require(own.json["routing_info"] as? [String: Any])
            #expect(routing["access_count"] as? Int == 1 && routing["total_items_searched"] as? Int == 0)
            #expect((own.json["metadata"] as? [String: Any])?["total_queries_processed"] as? Int == 1)

            // Alpha's own figures are there, and the operator's are of all.
            let alphas = try await send(alpha, "GET", "/performance").json["performance_metrics"] as? [String: Any]
            #expect(alphas?["total_queries"] as? Int == 4)
            let all = try await server.get("/api/v1/performance").json["performance_metrics"] as? [String: Any]
            #expect(all?["total_queries"] as? Int == 5)

            // Nothing of alpha's ends by what beta does.
            for (method, path) in [
                ("DELETE", "/knowledge/\(id)"), ("DELETE", "/tiers/hot/items/\(fingerprint)"),
                ("DELETE", "/tiers/hot/items/\(fingerprint)/pin"),
            ] {
                #expect(try await send(beta, method, path).status == 404, "\(method) \(path)")
            }
            #expect(try await send(beta, "PATCH", "/knowledge/\(id)", #"{"category":"x"}"#).status == 404)
            #expect(
                try await send(beta, "POST", "/feedback", #"{"query":"q","item_id":"\#(id)","helpful":false}"#).status
                    == 404)
            for tier in withRedis ? ["hot", "warm"] : ["hot"] {
                #expect(try await send(beta, "POST", "/tiers/\(tier)/flush").status == 200)
            }
            let still = try await send(alpha, "POST", "/troubleshoot", question)
            #expect((still.json["routing_info"] as? [String: Any])?["tier_used"] as? String == "hot_memory")
            #expect((still.json["routing_info"] as? [String: Any])?["access_count"] as? Int == 5)
        }
    }
}
