import Foundation
import NIOCore
import NIOPosix
import Server
import TestSupport
import Testing

@Suite("64 clients with one question")
struct CoalescingTests {
    private static let body = #"{"text":"why does my pod restart all the time"}"#
    private static let searches = "thermocline_cold_search_duration_seconds_count"
    private static let hotMisses = "thermocline_hot_misses_total"
    private static let encodings = "thermocline_encoder_duration_seconds_count"

    private func wait(_ what: String, until isTrue: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while try await !isTrue(), .now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        try #require(try await isTrue(), "\(what)")
    }

    @Test("They cause one computation, also when the first disconnects while it runs")
    func firstDisconnects() async throws {
        let encoder = GatedEncoder(try await RealEncoder.shared())
        try await ServerUnderTest.serving(encoder: encoder) { server async throws in
            let item = #"{"issue":"pod stays in CrashLoopBackOff","resolution":"read its log"}"#
            #expect(try await server.post("/api/v1/knowledge", item).status == 201)
            let searches = try await server.metric(Self.searches)
            let encodings = try await server.metric(Self.encodings)
            let hotMisses = try await server.metric(Self.hotMisses)

            encoder.closeGate()
            let first = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: server.place.port).get()
            let head = "POST /api/v1/troubleshoot HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
            try await first.writeAndFlush(
                ByteBuffer(string: head + "content-length: \(Self.body.utf8.count)\r\n\r\n" + Self.body))
            try await wait("the first computes") { encoder.waitingCount == 1 }
            try await first.close()

            try await withThrowingTaskGroup(of: ServerUnderTest.Reply.self) { group in
                for _ in 1..<64 { group.addTask { try await server.post("/api/v1/troubleshoot", Self.body) } }
                try await wait("the others ask") { try await server.metric(Self.hotMisses) == hotMisses + 64 }
                // They have left hot; what lies between that and their joining is no wait.
                try await Task.sleep(for: .milliseconds(50))
                encoder.openGate()
                var coalesced = 0
                for try await reply in group {
                    #expect(reply.status == 200)
                    let routing = reply.json["routing_info"] as? [String: Any]
                    if routing?["coalesced"] as? Bool == true { coalesced += 1 }
                    #expect(reply.json["response"] as? String == "read its log")
                }
                #expect(coalesced == 63)
            }
            #expect(try await server.metric(Self.searches) == searches + 1)
            #expect(try await server.metric(Self.encodings) == encodings + 1)
        }
    }
}
