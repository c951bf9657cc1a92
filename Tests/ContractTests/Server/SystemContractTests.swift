import Foundation
import NIOHTTP1
import Server
import TestSupport
import Testing

@Suite("What the server says of itself")
struct SystemContractTests {
    @Test("Health names every part, on both paths, and probes answer")
    func health() async throws {
        try await ServerUnderTest.serving { server async throws in
            for path in ["/health", "/api/v1/health"] {
                let reply = try await server.get(path)
                #expect(reply.status == 200)
                #expect(["healthy", "degraded"].contains(reply.json["overall_status"] as? String))
                let parts = try #require(reply.json["components"] as? [String: [String: Any]])
                #expect(Set(parts.keys) == ["hot_cache", "warm_cache", "cold_storage", "encoder"])
                for part in parts.values { #expect(part["status"] is String && part["response_time_ms"] is Double) }
                #expect(parts["hot_cache"]?["item_count"] is Int)
                #expect(parts["warm_cache"]?["status"] as? String == "disabled")
                #expect((reply.json["api"] as? [String: Any])?["active_training_jobs"] as? Int == 0)
            }
            #expect(try await server.get("/api/v1/health/live").status == 200)
            #expect(try await server.get("/api/v1/health/ready").status == 200)
        }
    }

    @Test("Shares of hot, warm, cold and miss add up to one, and counts to the questions")
    func performance() async throws {
        try await ServerUnderTest.serving { server async throws in
            _ = try await server.post("/api/v1/knowledge", #"{"issue":"printer on fire","resolution":"run"}"#)
            for _ in 0..<7 { _ = try await server.ask("printer on fire") }
            for _ in 0..<4 { _ = try await server.ask("qqqq zzzz") }
            let reply = try await server.get("/api/v1/performance")
            let metrics = try #require(reply.json["performance_metrics"] as? [String: Any])
            func number(_ name: String) -> Double { (metrics[name] as? NSNumber)?.doubleValue ?? .nan }
            #expect(number("total_queries") == 11)
            #expect(["hot_hits", "warm_hits", "cold_hits", "misses"].map(number).reduce(0, +) == 11)
            let rates = ["hot_hit_rate", "warm_hit_rate", "cold_hit_rate", "miss_rate"].map(number)
            #expect(abs(rates.reduce(0, +) - 1) < 1e-9)
            for tier in ["hot", "warm", "cold"] {
                for figure in ["avg", "p50", "p95", "p99"] { #expect(number("\(tier)_\(figure)_ms") >= 0) }
            }
            let analysis = try #require(reply.json["analysis"] as? [String: Any])
            #expect(analysis["performance_grade"] is String && analysis["recommendations"] is [String])
            #expect(analysis["tier_efficiency"] is [String: Any])
        }
    }

    @Test("The front page and the system's page have the fields that dashboards read")
    func frontAndInfo() async throws {
        try await ServerUnderTest.serving { server async throws in
            let front = try await server.get("/").json
            for field in ["service", "version", "status"] { #expect(front[field] is String) }
            #expect(front["features"] is [String: Bool])
            let endpoints = try #require(front["endpoints"] as? [String: String])
            #expect(
                Set(endpoints.keys)
                    == ["troubleshoot", "train", "health", "performance", "knowledge", "docs", "openapi"])
            let tiers = try #require(
                (front["architecture"] as? [String: Any])?["storage_tiers"] as? [[String: String]])
            #expect(tiers.count == 3)
            #expect(tiers.allSatisfy { Set($0.keys) == ["name", "latency", "technology", "use_case"] })
            let summary = try #require(front["performance_summary"] as? [String: Any])
            #expect((summary["hot_cache_hit_rate"] as? String)?.hasSuffix("%") == true)

            let info = try await server.get("/api/v1/system/info").json
            for field in [
                "system_info", "component_health", "performance_metrics", "storage_info", "routing_intelligence",
            ] { #expect(info[field] is [String: Any], "\(field)") }
            let metrics = try #require(info["performance_metrics"] as? [String: Any])
            let times = try #require(metrics["average_response_times"] as? [String: String])
            #expect(times["hot_memory"] == "0.00ms")
            let routing = try #require(info["routing_intelligence"] as? [String: Any])
            #expect((routing["criteria"] as? [String])?.count == 9)
        }
    }

    @Test("Every tier shows its size and its look-ups over all windows")
    func tiers() async throws {
        try await ServerUnderTest.serving { server async throws in
            _ = try await server.ask("x")
            let reply = try await server.get("/api/v1/tiers").json
            for tier in ["hot", "warm", "cold"] {
                let figures = try #require(reply[tier] as? [String: Any])
                for field in ["hits", "misses", "evictions", "expirations", "invalidations"] {
                    #expect(figures[field] is Int, "\(tier).\(field)")
                }
                let windows = try #require(figures["windows"] as? [String: [String: Any]])
                #expect(Set(windows.keys) == ["1m", "5m", "1h", "since_start"])
            }
            #expect((reply["hot"] as? [String: Any])?["misses"] as? Int == 1)
        }
    }

    @Test("Metrics are offered in both formats, and what was counted adds up to the questions")
    func metrics() async throws {
        try await ServerUnderTest.serving { server async throws in
            for _ in 0..<3 { _ = try await server.ask("x") }
            let text = try await server.get("/metrics")
            #expect(text.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
            let counts = text.text.split(separator: "\n").filter { $0.hasPrefix("thermocline_questions_total{") }
                .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
            #expect(counts.count == 4 && counts.reduce(0, +) == 3)
            #expect(text.text.contains("process_resident_memory_bytes "))
            let open = try await server.send(
                "GET", "/api/v1/metrics", headers: [("Accept", "application/openmetrics-text; version=1.0.0")])
            #expect(open.header("content-type")?.hasPrefix("application/openmetrics-text") == true)
            #expect(open.text.hasSuffix("# EOF\n"))
        }
    }

    @Test("Commands find the server by its file while it runs, and nothing after it has ended")
    func serverFile() async throws {
        let server = try await ServerUnderTest()
        let directory = server.directory
        #expect(ServerFile.running(in: directory.path) == server.place)
        try await server.stop()
        #expect(ServerFile.running(in: directory.path) == nil)
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/" + ServerFile.name))
    }

    @Test("A data directory has one server; the second is told so in one line")
    func secondServer() async throws {
        try await ServerUnderTest.serving { server async throws in
            let error = await #expect(throws: StartError.self) {
                _ = try await ServerUnderTest(directory: server.directory)
            }
            #expect(error?.description.contains("\n") == false)
            #expect(try await server.get("/health").status == 200)
        }
    }

    @Test("A port that is taken stops the start in one line, and lets go of the data directory")
    func portTaken() async throws {
        try await ServerUnderTest.serving { server async throws in
            let directory = try TemporaryDirectory()
            let error = await #expect(throws: StartError.self) {
                _ = try await ServerUnderTest(environment: ["PORT": "\(server.place.port)"], directory: directory)
            }
            #expect(error?.description.contains("PORT") == true)
            let second = try await ServerUnderTest(directory: directory)
            try await second.stop()
        }
    }
}
