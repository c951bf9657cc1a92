import Foundation
import TestSupport
import Testing

/// Real servers, a real Redis, and callers who ask too much.
@Suite("Rate limits", .serialized) struct RateLimitTests {
    private static let callers = 200
    private static let burst = 8
    private static let requests = 12
    /// A token a minute: none comes while a test runs.
    private static func environment(_ mode: String) -> [String: String] {
        ["RATE_LIMIT_MODE": mode, "RATE_LIMIT_PER_MINUTE": "1", "RATE_LIMIT_BURST": "\(burst)"]
    }

    @Test(
        "Of 200 callers at two servers at once exactly the allowed number passes, leased never more; the rest learn when",
        arguments: ["exact", "leased"])
    func flood(mode: String) async throws {
        let redis = try await RedisProcess()
        try await LimitedServers.serving(
            2, keys: Self.callers, redis: redis, environment: Self.environment(mode)
        ) { limited in
            let start = ContinuousClock.now
            let replies = try await limited.flood(by: 0..<Self.callers, requestsOfEach: Self.requests)
            let elapsed = ContinuousClock.now - start
            try #require(elapsed < .seconds(60), "a token has come meanwhile")
            var passed = 0
            for ofCaller in replies {
                let through = ofCaller.count { $0.status == 404 }
                passed += through
                if mode == "exact" {
                    #expect(through == Self.burst)
                } else {
                    // Two servers' leases of a quarter, less the token each was taken for.
                    #expect(through <= Self.burst && through >= Self.burst - 2 * (Self.burst / 4 - 1))
                }
                for reply in ofCaller where reply.status != 404 {
                    try #require(reply.status == 429)
                    #expect((reply.json["error"] as? [String: Any])?["code"] as? String == "RATE_LIMITED")
                    #expect(reply.header("X-RateLimit-Limit") == "\(Self.burst)")
                    let seconds = try #require(reply.header("Retry-After").flatMap { Int($0) })
                    #expect((1...60).contains(seconds))
                }
            }
            print("\(mode): \(passed) of \(Self.callers * Self.requests) passed in \(elapsed)")
            for server in limited.servers {
                #expect(try await server.metric("thermocline_rate_limit_alone_total") == 0)
            }
        }
    }

    @Test(
        "Of 200 callers who ask questions at two servers at once exactly the allowed number passes, leased never more",
        arguments: ["exact", "leased"])
    func questions(mode: String) async throws {
        let redis = try await RedisProcess()
        try await LimitedServers.serving(
            2, keys: Self.callers, redis: redis, environment: Self.environment(mode)
        ) { limited in
            let start = ContinuousClock.now
            let replies = try await limited.flood(
                by: 0..<Self.callers, requestsOfEach: Self.requests, LimitedServers.question)
            try #require(.now - start < .seconds(60), "a token has come meanwhile")
            for ofCaller in replies {
                let through = ofCaller.count { $0.status == 200 }
                #expect(mode == "exact" ? through == Self.burst : through <= Self.burst)
                #expect(ofCaller.count { $0.status == 429 } == Self.requests - through)
            }
        }
    }

    @Test("Retry-After is when it goes on, to the second; the fields count down", arguments: ["exact", "leased"])
    func retryAfter(mode: String) async throws {
        let redis = try await RedisProcess()
        let environment = ["RATE_LIMIT_MODE": mode, "RATE_LIMIT_PER_MINUTE": "30", "RATE_LIMIT_BURST": "3"]
        try await LimitedServers.serving(1, keys: 1, redis: redis, environment: environment) { limited in
            let (server, key) = (limited.servers[0], limited.keys[0])
            for left in [2, 1, 0] {
                let reply = try await LimitedServers.read(server, as: key)
                #expect(reply.status == 404 && reply.header("X-RateLimit-Remaining") == "\(left)")
                let reset = reply.header("X-RateLimit-Reset").flatMap { Int($0) } ?? 0
                #expect((1...2 * (3 - left)).contains(reset))
            }
            let refused = try await LimitedServers.read(server, as: key)
            #expect(refused.status == 429 && refused.header("Retry-After") == "2")
            try await Task.sleep(for: .milliseconds(500))
            #expect(try await LimitedServers.read(server, as: key).status == 429)
            try await Task.sleep(for: .milliseconds(1_500))
            #expect(try await LimitedServers.read(server, as: key).status == 404)
        }
    }

    @Test("Without Redis each server limits alone and says so, and shares again when Redis is back")
    func redisAway() async throws {
        let redis = try await RedisProcess()
        try await LimitedServers.serving(
            1, keys: 2, redis: redis, environment: Self.environment("leased")
        ) { limited in
            let server = limited.servers[0]
            await redis.stop()
            try await WarmTierFixture.eventually("it is degraded") {
                try await LimitedServers.rateHealth(of: server) == "degraded"
            }
            var through = 0
            for _ in 0..<Self.requests {
                through += try await LimitedServers.read(server, as: limited.keys[0]).status == 404 ? 1 : 0
            }
            #expect(through == Self.burst)
            #expect(try await server.metric("thermocline_rate_limit_degraded") == 1)
            #expect(try await server.metric("thermocline_rate_limit_alone_total") > 0)
            try await redis.start()
            try await WarmTierFixture.eventually("it is shared") {
                try await LimitedServers.rateHealth(of: server) == "healthy"
            }
            // What passed meanwhile is told to the bucket in Redis, though that one was new.
            #expect(try await LimitedServers.read(server, as: limited.keys[0]).status == 429)
            #expect(try await LimitedServers.read(server, as: limited.keys[1]).status == 404)
        }
    }

    @Test("A tenant's month holds over restarts and says when the next begins")
    func quota() async throws {
        let directory = try TemporaryDirectory()
        let environment = [
            "API_KEY_REQUIRED": "true", "MODEL_PATH": directory.path + "/no-model", "QUOTA_PER_MONTH": "7",
            "RATE_LIMIT_PER_MINUTE": "0",
        ]
        for (start, expected) in [[404, 404, 404, 404], [404, 404, 404, 429], [429]].enumerated() {
            let server = try await ServerUnderTest(environment: environment, directory: directory)
            for status in expected {
                let reply = try await server.get("/api/v1/knowledge/1")
                #expect(reply.status == status, "start \(start)")
                guard status == 429 else { continue }
                #expect((reply.json["error"] as? [String: Any])?["code"] as? String == "QUOTA_EXCEEDED")
                let seconds = reply.header("Retry-After").flatMap { Int($0) } ?? 0
                #expect((1...31 * 86_400).contains(seconds) && reply.header("X-RateLimit-Remaining") == "0")
            }
            #expect(try await server.get("/api/v1/health").status == 200)
            try await server.stop()
        }
    }

    @Test("A limit that the configuration file changes is in force without a restart, for the tokens already taken too")
    func live() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/thermocline.yaml"
        func write(perMinute: Int, burst: Int) throws {
            try "security: {rate_limiting: {requests_per_minute: \(perMinute), burst_size: \(burst)}}"
                .write(toFile: path, atomically: true, encoding: .utf8)
        }
        try write(perMinute: 1, burst: 3)
        // A blank one is as good as none, and leaves it to the file.
        let environment = [
            "API_KEY_REQUIRED": "true", "MODEL_PATH": directory.path + "/no-model", "CONFIG_FILE": path,
            "RATE_LIMIT_PER_MINUTE": "",
        ]
        try await ServerUnderTest.serving(environment: environment) { server in
            func read() async throws -> Int { try await server.get("/api/v1/knowledge/1").status }
            for status in [404, 404, 404, 429] { #expect(try await read() == status) }
            try write(perMinute: 1, burst: 5)
            try await WarmTierFixture.eventually("two more pass") { try await read() == 404 }
            for status in [404, 429] { #expect(try await read() == status) }
            try write(perMinute: 0, burst: 5)
            try await WarmTierFixture.eventually("there is no limit") { try await read() == 404 }
            let reply = try await server.get("/api/v1/knowledge/1")
            #expect(reply.status == 404 && reply.header("X-RateLimit-Limit") == nil)
        }
    }

    @Test("Who needs no key has no limit")
    func anonymous() async throws {
        try await ServerUnderTest.serving(environment: [
            "RATE_LIMIT_PER_MINUTE": "1", "RATE_LIMIT_BURST": "1", "QUOTA_PER_MONTH": "1",
        ]) { server in
            for _ in 0..<5 {
                let reply = try await server.get("/api/v1/knowledge/1")
                #expect(reply.status == 404 && reply.header("X-RateLimit-Limit") == nil)
            }
        }
    }
}
