import Foundation
import Sealing
import TestSupport
import Testing

@Suite("A server with a key")
struct SealedServerTests {
    private static let marker = "Zanzibar"
    private static let text = "Zanzibar npm install does not start after the update"

    private static func key(_ byte: Int) -> String { String(repeating: "0\(byte)", count: SealingKey.byteCount) }

    private static func fill(_ server: ServerUnderTest) async throws {
        for (issue, resolution) in [
            ("Zanzibar daemon does not start", "Zanzibar needs its socket: create it"),
            ("Zanzibar update fails with E404", "Zanzibar mirrors moved: change the list"),
            ("printer is offline", "switch it on"),
        ] {
            let body = #"{"issue":"\#(issue)","resolution":"\#(resolution)","tags":["daemon"]}"#
            #expect(try await server.post("/api/v1/knowledge", body).status == 201)
        }
    }

    /// What the replies to some questions have that does not vary from time to time.
    private static func replies(_ server: ServerUnderTest) async throws -> [String] {
        var replies: [String] = []
        for strategy in ["vector", "lexical", "hybrid"] {
            for text in [text, "E404", "offline printer"] {
                let reply = try await server.ask(text, #""strategy":"\#(strategy)","min_score":0"#)
                #expect(reply.status == 200)
                let results = try #require(reply.json["results"] as? [[String: Any]])
                replies.append(
                    String(
                        decoding: try JSONSerialization.data(withJSONObject: results, options: .sortedKeys),
                        as: UTF8.self))
            }
        }
        return replies
    }

    /// All that Redis has, as text.
    private static func dump(_ redis: RedisProcess) async throws -> String {
        var dump = ""
        for key in try await redis.command("KEYS", "*").split(separator: "\n") {
            let kind = try await redis.command("TYPE", String(key))
            dump += key + "\n"
            dump +=
                kind == "string"
                ? try await redis.command("GET", String(key))
                : try await redis.command("ZRANGE", String(key), "0", "-1")
        }
        return dump
    }

    @Test("It replies what one without replies, scores included, and leaves no word in files or in Redis")
    func sameReplies() async throws {
        let encoder = RememberingEncoder(try await RealEncoder.shared())
        let plain = try await ServerUnderTest.serving(encoder: encoder) { server in
            try await Self.fill(server)
            return try await Self.replies(server)
        }
        #expect(plain.contains { $0.contains(Self.marker) })
        let redis = try await RedisProcess()
        let directory = try TemporaryDirectory()
        let environment = ["ENCRYPTION_KEY": Self.key(1)]
        var server = try await ServerUnderTest(
            redis: redis, environment: environment, directory: directory, encoder: encoder)
        try await Self.fill(server)
        #expect(try await Self.replies(server) == plain)
        // Until it has been in every tier.
        var tiers: [String] = []
        while tiers.last != "hot_memory", tiers.count < 12 {
            let routing = try await server.ask(Self.text).json["routing_info"] as? [String: Any]
            tiers.append(routing?["tier_used"] as? String ?? "none")
        }
        #expect(tiers.last == "hot_memory" && tiers.contains("warm_cache"), "\(tiers)")
        let dump = try await Self.dump(redis)
        #expect(dump.contains("thermocline:") && !dump.contains(Self.marker) && !dump.contains("zanzibar"))
        try await server.stop()
        let bytes = StoreBytes(in: directory.path)
        #expect(FileManager.default.fileExists(atPath: directory.path + "/hot.snapshot"))
        #expect(try bytes.files(with: Self.marker) == [])
        #expect(try bytes.files(with: "zanzibar") == [])
        // What was hot is hot again, and what is in Redis is found.
        server = try await ServerUnderTest(
            redis: redis, environment: environment, directory: directory, encoder: encoder)
        let again = try await server.ask(Self.text).json["routing_info"] as? [String: Any]
        #expect(again?["tier_used"] as? String == "hot_memory")
        #expect(try await Self.replies(server) == plain)
        #expect(try await server.metric("thermocline_cold_refused_texts_total") == 0)
        try await server.stop()
    }

    @Test("Given a key, a server that had none forgets answers in Redis and the snapshot of before")
    func switchedOn() async throws {
        let encoder = RememberingEncoder(try await RealEncoder.shared())
        let redis = try await RedisProcess()
        let directory = try TemporaryDirectory()
        var server = try await ServerUnderTest(redis: redis, directory: directory, encoder: encoder)
        try await Self.fill(server)
        for _ in 0..<6 { _ = try await server.ask(Self.text) }
        #expect(try await Self.dump(redis).contains(Self.marker))
        try await server.stop()
        server = try await ServerUnderTest(
            redis: redis, environment: ["ENCRYPTION_KEY": Self.key(1)], directory: directory, encoder: encoder)
        try await Self.waitUntilSealed(server)
        let deadline = ContinuousClock.now + .seconds(10)
        while try await Self.dump(redis).contains(Self.marker), .now < deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try await !Self.dump(redis).contains(Self.marker))
        #expect(try StoreBytes(in: directory.path).files(with: Self.marker) == [])
        #expect(try await server.ask(Self.text).text.contains(Self.marker))
        try await server.stop()
        #expect(try StoreBytes(in: directory.path).files(with: Self.marker) == [])
    }

    private static func waitUntilSealed(_ server: ServerUnderTest) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try await server.get("/api/v1/health").text.contains(#""recoding""#), .now < deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try await !server.get("/api/v1/health").text.contains(#""recoding""#))
    }

    @Test("POST /admin/rekey goes over to the first key of the file while questions are answered")
    func rekey() async throws {
        let encoder = RememberingEncoder(try await RealEncoder.shared())
        let directory = try TemporaryDirectory()
        let folder = try TemporaryDirectory()
        let file = folder.path + "/keys"
        func write(_ keys: String...) throws {
            try (keys.joined(separator: "\n") + "\n").write(toFile: file, atomically: true, encoding: .utf8)
        }
        try write(Self.key(1))
        let environment = ["ENCRYPTION_KEY_FILE": file]
        var server = try await ServerUnderTest(environment: environment, directory: directory, encoder: encoder)
        try await Self.fill(server)
        try await Self.waitUntilSealed(server)
        let replies = try await Self.replies(server)
        let first = try await server.post("/api/v1/admin/rekey", "")
        #expect(first.status == 200 && first.json["under_way"] as? Bool == false)
        try write(Self.key(2))
        let refused = try await server.post("/api/v1/admin/rekey", "")
        let key = try #require(first.json["key"] as? String)
        #expect(refused.status == 409 && refused.text.contains(key))
        try write(Self.key(2), Self.key(1))
        let begun = try await server.post("/api/v1/admin/rekey", "")
        #expect(begun.status == 202 && begun.json["key"] as? String != first.json["key"] as? String)
        #expect(try await Self.replies(server) == replies)
        try await Self.waitUntilSealed(server)
        #expect(try await Self.replies(server) == replies)
        try write("nonsense")
        let unreadable = try await server.post("/api/v1/admin/rekey", "")
        #expect(unreadable.status == 400 && !unreadable.text.contains("nonsense") && !unreadable.text.contains(file))
        try await server.stop()
        try write(Self.key(2))
        server = try await ServerUnderTest(environment: environment, directory: directory, encoder: encoder)
        #expect(try await Self.replies(server) == replies)
        try await server.stop()
        try write(Self.key(1))
        await #expect(throws: (any Error).self) {
            try await ServerUnderTest(environment: environment, directory: directory, encoder: encoder)
        }
    }

    @Test("Without a file of keys there is nothing to read again")
    func noFile() async throws {
        try await ServerUnderTest.serving { server async throws in
            #expect(try await server.post("/api/v1/admin/rekey", "").status == 409)
        }
        try await ServerUnderTest.serving(environment: ["ENCRYPTION_KEY": Self.key(1)]) { server async throws in
            let reply = try await server.post("/api/v1/admin/rekey", "")
            #expect(reply.status == 409 && reply.text.contains("ENCRYPTION_OLD_KEYS"))
        }
    }
}
