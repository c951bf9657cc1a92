import Foundation
import Server
import TestSupport
import Testing

@Suite("Streams, and the end of the server")
struct StreamContractTests {
    @Test("What is in flight is finished, what is new is refused, and what was acknowledged is there afterwards")
    func drain() async throws {
        let server = try await ServerUnderTest()
        let bulk = server.stream("/api/v1/knowledge/bulk", contentType: "application/x-ndjson")
        bulk.send(#"{"issue":"first","resolution":"1"}"# + "\n")
        try await until { try await server.get("/api/v1/knowledge").text.contains("first") }

        server.beginStop()
        try await until { try await server.get("/api/v1/knowledge").status == 503 }
        let refused = try await server.ask("x")
        #expect(refused.status == 503 && refused.header("retry-after") == "1")
        #expect((refused.json["error"] as? [String: Any])?["code"] as? String == "SHUTTING_DOWN")
        #expect(try await server.get("/api/v1/health/live").status == 200)
        #expect(try await server.get("/api/v1/health/ready").status == 503)

        bulk.send(#"{"issue":"last","resolution":"2"}"# + "\n")
        bulk.send(nil)
        let summary = try await bulk.reply.value.lines.last?["summary"] as? [String: Any]
        #expect(summary?["created"] as? Int == 2)
        let directory = server.directory
        try await server.stop()

        let next = try await ServerUnderTest(directory: directory)
        let kept = try await next.get("/api/v1/knowledge/export").lines.compactMap { $0["issue"] as? String }
        #expect(kept == ["first", "last"])
        try await next.stop()
    }

    @Test("A stream is stored as it arrives, not when it ends")
    func streaming() async throws {
        try await ServerUnderTest.serving { server async throws in
            let bulk = server.stream("/api/v1/knowledge/bulk", contentType: "application/x-ndjson")
            for number in 1...3 {
                bulk.send(#"{"issue":"piece \#(number)","resolution":"r"}"# + "\n")
                try await until { try await server.get("/api/v1/knowledge").text.contains("piece \(number)") }
            }
            bulk.send(nil)
            #expect(try await bulk.reply.value.status == 200)
        }
    }

    @Test("A stream that is to stop at an error is answered at once, though its sender has not ended it")
    func stopsAtOnce() async throws {
        try await ServerUnderTest.serving { server async throws in
            var reply: ServerUnderTest.Reply?
            // The server closes a connection whose sender goes on; the client may see that before the reply's end.
            for _ in 0..<5 where reply == nil {
                let bulk = server.stream("/api/v1/knowledge/bulk?on_error=stop", contentType: "application/x-ndjson")
                bulk.send("nope\n")
                reply = try? await bulk.reply.value
                bulk.send(nil)
            }
            let summary = try #require(reply).lines.last?["summary"] as? [String: Any]
            #expect(summary?["stopped"] as? Bool == true)
        }
    }

    /// Tries again until it holds, for what another task brings about.
    private func until(_ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while try await !condition() {
            try #require(ContinuousClock.now < deadline, "it did not come to hold")
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
