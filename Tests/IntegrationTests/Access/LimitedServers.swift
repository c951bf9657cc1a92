import Access
import Foundation
import Knowledge
import TestSupport
import Testing

/// Servers of one store on one Redis, and keys for them.
struct LimitedServers: Sendable {
    let servers: [ServerUnderTest]
    let keys: [String]

    /// Runs `body` with them and ends them, whatever happens.
    ///
    /// - Parameter servers: as many have copies of one store, so that they mean the same callers.
    static func serving(
        _ servers: Int, keys: Int, redis: RedisProcess?, environment: [String: String],
        _ body: (LimitedServers) async throws -> Void
    ) async throws {
        let first = try TemporaryDirectory()
        let values = ["API_KEY_REQUIRED": "true", "MODEL_PATH": first.path + "/no-model"].merging(environment) { $1 }
        // The store and its first key are made by a start.
        try await ServerUnderTest(environment: values, directory: first).stop()
        let access = try await AccessStore.open(directory: first.path)
        var texts: [String] = []
        for number in 0..<keys {
            let made = try await access.createKey(
                tenant: .default, role: .reader, name: "caller \(number)", at: TimeSource.system.now())
            texts.append(made.key.text)
        }
        await access.close()
        var directories = [first]
        for _ in 1..<servers {
            let copy = try TemporaryDirectory()
            for name in try FileManager.default.contentsOfDirectory(atPath: first.path) {
                try FileManager.default.copyItem(atPath: first.path + "/" + name, toPath: copy.path + "/" + name)
            }
            directories.append(copy)
        }
        var started: [ServerUnderTest] = []
        do {
            for directory in directories {
                started.append(
                    try await ServerUnderTest(redis: redis, environment: values, directory: directory))
            }
            for server in started where redis != nil {
                try await WarmTierFixture.eventually("rates are shared") {
                    try await rateHealth(of: server) == "healthy"
                }
            }
            try await body(LimitedServers(servers: started, keys: texts))
        } catch {
            for server in started { try await server.stop() }
            throw error
        }
        for server in started { try await server.stop() }
    }

    static func rateHealth(of server: ServerUnderTest) async throws -> String? {
        let components = try await server.get("/api/v1/health").json["components"] as? [String: [String: Any]]
        return components?["rate_limits"]?["status"] as? String
    }

    /// A read that costs next to nothing: there is no such item, so who gets through sees 404.
    static func read(_ server: ServerUnderTest, as key: String) async throws -> ServerUnderTest.Reply {
        try await server.send("GET", "/api/v1/knowledge/1", as: .key(key))
    }

    /// A question that differs from any other's: none is answered by what another was told.
    static func question(_ server: ServerUnderTest, as key: String) async throws -> ServerUnderTest.Reply {
        let text = "disk full \(UInt64.random(in: 0 ... .max))"
        return try await server.send("POST", "/api/v1/troubleshoot", body: #"{"text": "\#(text)"}"#, as: .key(key))
    }

    /// As many requests are under way at a time: all callers, and no more than the client has connections for.
    private static let requestsAtOnce = 200

    /// Callers ask every server in turn, all at once; returns their replies by caller.
    func flood(
        by callers: Range<Int>, requestsOfEach count: Int,
        _ request: @escaping @Sendable (ServerUnderTest, _ key: String) async throws -> ServerUnderTest.Reply =
            LimitedServers.read
    ) async throws -> [[ServerUnderTest.Reply]] {
        try await withThrowingTaskGroup(of: (Int, ServerUnderTest.Reply).self) { group in
            var next = 0
            func ask() {
                guard next < callers.count * count else { return }
                let caller = next % callers.count
                let server = servers[next / callers.count % servers.count]
                next += 1
                group.addTask { [key = keys[callers.lowerBound + caller]] in
                    (caller, try await request(server, key))
                }
            }
            for _ in 0..<Self.requestsAtOnce { ask() }
            var replies = [[ServerUnderTest.Reply]](repeating: [], count: callers.count)
            while let (caller, reply) = try await group.next() {
                replies[caller].append(reply)
                ask()
            }
            return replies
        }
    }

    /// Goes on asking the first server until it is cancelled: each of the callers, with a pause before it asks again.
    func keepFlooding(
        by callers: Range<Int>, pause: Duration,
        _ ask: @escaping @Sendable (ServerUnderTest, _ key: String) async throws -> ServerUnderTest.Reply =
            LimitedServers.read
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for caller in callers {
                group.addTask {
                    while !Task.isCancelled {
                        _ = try? await ask(servers[0], keys[caller])
                        try? await Task.sleep(for: pause)
                    }
                }
            }
        }
    }

    /// Milliseconds that each read took, of callers one after the other.
    func durations(of callers: Range<Int>, requestsOfEach count: Int) async throws -> [Double] {
        var durations: [Double] = []
        for caller in callers {
            for number in 0..<count {
                let start = ContinuousClock.now
                let reply = try await Self.read(servers[number % servers.count], as: keys[caller])
                durations.append((ContinuousClock.now - start) / .milliseconds(1))
                #expect(reply.status == 404)
            }
        }
        return durations.sorted()
    }
}
