import Foundation
import TestSupport
import Testing

@Suite("Figures for dashboards and scrapers")
struct MetricsContractTests {
    /// A rule keeps its answer hot from the first time on.
    private static let hotText = "the production database is down"

    @Test("Each tier's metrics tell hits by match, misses and durations")
    func tiers() async throws {
        try await ServerUnderTest.serving { server async throws in
            _ = try await server.post("/api/v1/knowledge", #"{"issue":"\#(Self.hotText)","resolution":"Start it."}"#)
            for _ in 0..<3 { #expect(try await server.ask(Self.hotText).status == 200) }
            #expect(try await server.metric(#"thermocline_hot_hits_total{match="exact"}"#) == 2)
            #expect(try await server.metric(#"thermocline_hot_hits_total{match="semantic"}"#) == 0)
            #expect(try await server.metric(#"thermocline_cold_hits_total{match="search"}"#) == 1)
            #expect(try await server.metric("thermocline_hot_misses_total") == 1)
            #expect(try await server.metric("thermocline_hot_admissions_total") == 1)
            #expect(try await server.metric("thermocline_hot_lookup_duration_seconds_count") == 3)
            #expect(try await server.metric("thermocline_cold_search_duration_seconds_count") == 1)
            #expect(try await server.metric(#"thermocline_cold_step_duration_seconds_count{step="vector"}"#) == 1)
            #expect(try await server.metric("thermocline_cold_transaction_duration_seconds_count") == 1)
            // Once by its words, once by its own text being found, once for the third time of late.
            for rule in ["critical_keywords", "quality", "recent_frequent_access"] {
                #expect(try await server.metric(#"thermocline_router_decisions_total{rule="\#(rule)"}"#) == 1)
            }
        }
    }

    @Test("Replies are counted by the class of their status, and the disk's space is told")
    func responses() async throws {
        try await ServerUnderTest.serving { server async throws in
            let before = try await server.metric(#"thermocline_http_responses_total{status="2xx"}"#)
            _ = try await server.get("/api/v1/health/live")
            _ = try await server.get("/api/v1/nothing")
            // The scrape before, and the one above.
            #expect(try await server.metric(#"thermocline_http_responses_total{status="2xx"}"#) == before + 2)
            #expect(try await server.metric(#"thermocline_http_responses_total{status="4xx"}"#) == 1)
            #expect(try await server.metric(#"thermocline_http_responses_total{status="5xx"}"#) == 0)
            let free = try await server.metric("thermocline_data_free_bytes")
            let size = try await server.metric("thermocline_data_size_bytes")
            #expect(free > 0 && free <= size)
        }
    }

    @Test("The time that a part is away adds up")
    func degradedSeconds() async throws {
        let environment = ["REDIS_URL": "redis://127.0.0.1:1/0", "HEALTH_CHECK_INTERVAL": "1"]
        try await ServerUnderTest.serving(environment: environment) { server async throws in
            let seconds = #"thermocline_degraded_seconds_total{part="warm_cache"}"#
            var found = 0.0
            for _ in 0..<100 where found < 1 {
                try await Task.sleep(for: .milliseconds(100))
                found = try await server.metric(seconds)
            }
            #expect(found >= 1 && found < 11)
            #expect(try await server.metric(#"thermocline_degraded{part="warm_cache"}"#) == 1)
            #expect(try await server.metric(#"thermocline_degraded_seconds_total{part="cold_storage"}"#) == 0)
        }
    }

    @Test("History comes in columns of one length, as many minutes as asked for")
    func history() async throws {
        try await ServerUnderTest.serving { server async throws in
            _ = try await server.ask("x")
            let reply = try await server.get("/api/v1/performance/history?minutes=30")
            #expect(reply.status == 200)
            let minutes = try #require(reply.json["minutes"] as? [String: Any])
            let ended = try #require(minutes["ended_at"] as? [Int])
            #expect(ended.count <= 1)
            for outcome in ["hot", "warm", "cold", "miss"] {
                let columns = try #require(minutes[outcome] as? [String: [Any]])
                #expect(Set(columns.keys) == ["questions", "p50_ms", "p95_ms", "p99_ms"])
                #expect(columns.values.allSatisfy { $0.count == ended.count })
            }
            let recent = try #require(reply.json["recent"] as? [String: Any])
            #expect(recent["step_seconds"] as? Int == 2 && recent["hot"] is [Int])
            let tiers = try #require(reply.json["tiers"] as? [String: [String: Any]])
            #expect(tiers["hot"]?["capacity"] as? Int == 1_000 && tiers["cold"]?["capacity"] is NSNull)
            for minutes in ["-1", "1441", "x"] {
                #expect(try await server.get("/api/v1/performance/history?minutes=\(minutes)").status == 422)
            }
        }
        try await ServerUnderTest.serving(environment: ["METRICS_RETENTION_HOURS": "168"]) { server async throws in
            #expect(try await server.get("/api/v1/performance/history?minutes=10080").status == 200)
        }
    }

    @Test("A slow question is shown with its text and its steps")
    func slow() async throws {
        try await ServerUnderTest.serving { server async throws in
            let asked = try await server.ask("why is Ü slow", #""cache":"bypass""#)
            let took = try #require(asked.json["search_time_ms"] as? Double)
            let found = try #require(try await server.get("/api/v1/performance/slow").json["items"] as? [[String: Any]])
            // Encoding takes longer than what counts as fast, on any machine seen so far.
            try #require(took > 1)
            let first = try #require(found.first)
            #expect(first["query"] as? String == "why is Ü slow")
            #expect(first["search_time_ms"] as? Double == took)
            #expect(first["request_id"] as? String == asked.header("x-request-id"))
            let steps = try #require(first["explain"] as? [[String: Any]])
            #expect(steps.contains { $0["step"] as? String == "cold.search" })
            #expect(try await server.get("/api/v1/performance/slow?limit=0").status == 422)
        }
    }

    @Test("The questions asked most often of those that hot holds come first")
    func top() async throws {
        try await ServerUnderTest.serving { server async throws in
            for text in ["error one", "error two", "error two"] { _ = try await server.ask(text) }
            let reply = try await server.get("/api/v1/tiers/hot/top?limit=1")
            let items = try #require(reply.json["items"] as? [[String: Any]])
            #expect(items.count == 1)
            #expect(items.first?["question"] as? String == "error two")
            #expect(items.first?["access_count"] as? Int == 2)
            #expect(try await server.get("/api/v1/tiers/hot/top?limit=101").status == 422)
        }
    }

    @Test("A browser gets the page at the root and all that it is made of, without a key; a program still gets JSON")
    func page() async throws {
        try await ServerUnderTest.serving(environment: ["API_KEY_REQUIRED": "true"]) { server async throws in
            let asBrowser = [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")]
            let page = try await server.send("GET", "/", headers: asBrowser, as: .nobody)
            #expect(page.status == 200 && page.header("content-type") == "text/html; charset=utf-8")
            #expect(page.header("content-security-policy")?.contains("script-src 'self'") == true)
            let assets = page.text.matches(of: /(?:src|href)="(\/[^"]*)"/).map { String($0.1) }
            #expect(assets.count >= 3)
            for path in assets {
                let asset = try await server.send("GET", path, as: .nobody)
                #expect(asset.status == 200, "\(path)")
                let again = try await server.send(
                    "GET", path, headers: [("If-None-Match", asset.header("etag") ?? "")], as: .nobody)
                #expect(again.status == 304 && again.body.isEmpty)
            }
            #expect(try await server.send("GET", "/", as: .nobody).status == 401)
            #expect(try await server.get("/").json["service"] as? String == "Thermocline")
        }
    }
}
