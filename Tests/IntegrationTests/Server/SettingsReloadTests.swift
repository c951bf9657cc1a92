import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("A configuration file that changes while the server runs")
struct SettingsReloadTests {
    private static func wait(_ what: String, until isTrue: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while try await !isTrue(), .now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        try #require(try await isTrue(), "\(what)")
    }

    private func serving(_ text: String, _ body: (ServerUnderTest, (String) throws -> Void) async throws -> Void)
        async throws
    {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/thermocline.yaml"
        let write = { (text: String) throws in
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        try write(text)
        try await ServerUnderTest.serving(
            redis: try await RedisProcess(), environment: ["CONFIG_FILE": path]
        ) { server in
            try await body(server, write)
        }
    }

    private static func file(hot: Int, port: Int = 0) -> String {
        """
        server: {max_query_characters: 100}
        hybrid_system:
          hot_cache: {max_size: \(hot), promotion_threshold: 1}
          warm_cache: {max_size: 50}
          cold_storage: {exact_scan_items: \(50_000 + port)}
        """
    }

    @Test("A new size of hot is in force within two seconds, under load, without a failed request")
    func resized() async throws {
        try await serving(Self.file(hot: 100)) { server, write in
            let item = #"{"issue":"pod stays in CrashLoopBackOff","resolution":"read its log"}"#
            #expect(try await server.post("/api/v1/knowledge", item).status == 201)
            let isDone = Atomic(false)
            let asked = Task {
                var statuses: [Int] = []
                var number = 0
                while !isDone.load(ordering: .relaxed) {
                    number += 1
                    statuses.append(try await server.ask("why does pod \(number % 150) restart").status)
                }
                return statuses
            }
            try await Self.wait("hot is full") { try await server.metric("thermocline_hot_items") == 100 }
            try write(Self.file(hot: 10))
            let changed = ContinuousClock.now
            try await Self.wait("hot has shrunk") {
                let capacity = try await server.metric("thermocline_hot_capacity_items")
                let items = try await server.metric("thermocline_hot_items")
                return capacity == 10 && items <= 10
            }
            #expect(ContinuousClock.now - changed < .seconds(2))
            try write(Self.file(hot: 60))
            try await Self.wait("hot has grown") { try await server.metric("thermocline_hot_items") == 60 }
            isDone.store(true, ordering: .relaxed)
            let statuses = try await asked.value
            #expect(statuses.allSatisfy { $0 == 200 })
            #expect(statuses.count > 100)
        }
    }

    @Test("A file that is not valid changes nothing, is told in a metric, and a mended one is taken")
    func refused() async throws {
        try await serving(Self.file(hot: 100)) { server, write in
            try write("hybrid_system: {hot_cache: {max_size: 10}, warm_cache: {max_size: many}}")
            try await Self.wait("it is refused") { try await server.metric("thermocline_settings_refused") == 1 }
            #expect(try await server.metric("thermocline_hot_capacity_items") == 100)
            try write(Self.file(hot: 7))
            try await Self.wait("it is taken") { try await server.metric("thermocline_hot_capacity_items") == 7 }
            #expect(try await server.metric("thermocline_settings_refused") == 0)
        }
    }

    @Test("What cannot change while the server runs waits, and the rest of the file is taken")
    func waiting() async throws {
        try await serving(Self.file(hot: 100)) { server, write in
            try write(Self.file(hot: 8, port: 1))
            try await Self.wait("it is taken") { try await server.metric("thermocline_hot_capacity_items") == 8 }
            #expect(try await server.ask(String(repeating: "x", count: 101)).status == 422)
        }
    }
}
