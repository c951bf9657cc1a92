import Foundation
import TestSupport
import Testing

@Suite("A stale answer over HTTP")
struct StaleAnswerContractTests {
    private func routing(_ reply: ServerUnderTest.Reply) -> [String: Any] {
        reply.json["routing_info"] as? [String: Any] ?? [:]
    }

    @Test("It says that it is stale, since when, and what is missing, and names no file")
    func marked() async throws {
        let settings = ["NEGATIVE_TTL_SECONDS": "1", "STALE_IF_ERROR_SECONDS": "86400"]
        try await ServerUnderTest.serving(environment: settings) { server async throws in
            let question = "crash qqqq zzzz"
            let fresh = try await server.ask(question)
            #expect(routing(fresh)["stale"] == nil && routing(fresh)["stale_seconds"] == nil)
            #expect(routing(fresh)["placed_in"] as? String == "hot_memory")
            // Longer than a lifetime of one second with its jitter.
            try await Task.sleep(for: .milliseconds(1_200))
            let fault = try ColdFault(directory: server.directory.path)
            try await fault.strike()
            let stale = try await server.ask(question, #""explain":true"#)
            #expect(stale.status == 200)
            #expect(routing(stale)["stale"] as? Bool == true)
            #expect(routing(stale)["stale_seconds"] is Int)
            #expect(routing(stale)["match"] as? String == "exact")
            #expect(routing(stale)["degraded"] as? [String] == ["cold_storage"])
            #expect(!stale.text.contains(server.directory.path) && !stale.text.contains("no such table"))
            #expect(try await server.metric(#"thermocline_degraded_replies_total{part="cold_storage"}"#) == 1)
            #expect(try await server.ask("asked for the first time").status == 503)
            try await fault.heal()
            #expect(routing(try await server.ask(question))["stale"] == nil)
        }
    }
}
