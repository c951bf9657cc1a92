import Foundation
import Server
import TestSupport
import Testing

@Suite("Clients that are too slow")
struct SlowClientTests {
    private static let limits: FrontLimits = {
        var limits = FrontLimits()
        limits.headTimeout = .milliseconds(500)
        limits.idleTimeout = .milliseconds(900)
        limits.bodyPatience = .milliseconds(800)
        limits.writePatience = .milliseconds(600)
        limits.slowestBytesPerSecond = 5_000
        limits.lingering = .milliseconds(200)
        limits.tick = .milliseconds(20)
        return limits
    }()

    private static func serving(_ body: (ServerUnderTest) async throws -> Void) async throws {
        try await ServerUnderTest.serving(frontLimits: limits, body)
    }

    private func expectTimeout(_ text: String) throws {
        let reply = try #require(RawReply.all(in: text).last, "\(text)")
        #expect(reply.status == 408)
        let error = reply.json["error"] as? [String: Any]
        #expect(error?["code"] as? String == "REQUEST_TIMEOUT")
        #expect(error?["request_id"] as? String == reply.fields["x-request-id"])
    }

    @Test("Who says nothing is cut off, who has begun a request is told")
    func head() async throws {
        try await Self.serving { server async throws in
            let silent = try await RawConnection(to: server.place)
            #expect(try await silent.waitForEnd() == "")

            let partial = try await RawConnection(to: server.place)
            try await partial.send("GET /health/live HTTP/1.1\r\nHo")
            try expectTimeout(try await partial.waitForEnd())

            // A byte now and then is no progress: the whole head has its time.
            let dripping = try await RawConnection(to: server.place)
            let head = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Slow: \(String(repeating: "s", count: 200))"
            for byte in head where !dripping.isClosed {
                try? await dripping.send(String(byte))
                try await Task.sleep(for: .milliseconds(10))
            }
            try expectTimeout(try await dripping.waitForEnd())
            #expect(try await server.metric(#"thermocline_connection_timeouts_total{phase="head"}"#) == 3)
        }
    }

    @Test("A connection without a request ends after its time, and one that is used does not")
    func idle() async throws {
        try await Self.serving { server async throws in
            let used = try await RawConnection(to: server.place)
            let idle = try await RawConnection(to: server.place)
            let live = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
            try await idle.send(live)
            for count in 1...8 {
                try await used.send(live)
                try await used.wait { text, _ in RawReply.all(in: text).count == count }
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(!used.isClosed)
            #expect(idle.isClosed && RawReply.all(in: idle.text).map(\.status) == [200])
        }
    }

    @Test("A body that drips is refused, for a question and for a stream")
    func body() async throws {
        try await Self.serving { server async throws in
            for (path, type) in [("troubleshoot", "application/json"), ("knowledge/bulk", "application/x-ndjson")] {
                let connection = try await RawConnection(to: server.place)
                try await connection.send(
                    "POST /api/v1/\(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\n"
                        + "Content-Length: 100000\r\n\r\n")
                for _ in 0..<200 where !connection.isClosed {
                    try? await connection.send("x")
                    try await Task.sleep(for: .milliseconds(20))
                }
                let text = try await connection.waitForEnd()
                // A stream's reply has begun, so it can only end.
                if path == "troubleshoot" { try expectTimeout(text) }
            }
            #expect(try await server.metric(#"thermocline_connection_timeouts_total{phase="body"}"#) == 2)
        }
    }

    @Test("A slow upload in steady progress is taken whole, however long it is, and holds nobody back")
    func steadyUpload() async throws {
        try await Self.serving { server async throws in
            let bulk = server.stream("/api/v1/knowledge/bulk", contentType: "application/x-ndjson")
            let padding = String(repeating: "r", count: 600)
            var slowest = Duration.zero
            for number in 0..<40 {
                bulk.send(#"{"issue":"steady \#(number)","resolution":"\#(padding)"}"# + "\n")
                let start = ContinuousClock.now
                #expect(try await server.get("/api/v1/health/live").status == 200)
                slowest = max(slowest, .now - start)
                try await Task.sleep(for: .milliseconds(50))
            }
            bulk.send(nil)
            let summary = try await bulk.reply.value.lines.last?["summary"] as? [String: Any]
            #expect(summary?["created"] as? Int == 40)
            #expect(slowest < .seconds(1))
        }
    }

    @Test("Who does not read the reply is cut off")
    func reply() async throws {
        try await Self.serving { server async throws in
            // More than the sockets between them hold.
            let padding = String(repeating: "r", count: 60_000)
            let lines = (0..<160).map { #"{"issue":"large \#($0)","resolution":"\#(padding)"}"# }.joined(
                separator: "\n")
            let stored = try await server.send(
                "POST", "/api/v1/knowledge/bulk", body: lines, contentType: "application/x-ndjson")
            #expect((stored.lines.last?["summary"] as? [String: Any])?["created"] as? Int == 160)

            let connection = try await RawConnection(to: server.place, reads: false)
            try await connection.send("GET /api/v1/knowledge/export HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let name = #"thermocline_connection_timeouts_total{phase="reply"}"#
            let deadline = ContinuousClock.now + .seconds(10)
            while try await server.metric(name) == 0 {
                try #require(ContinuousClock.now < deadline, "it was not cut off")
                try await Task.sleep(for: .milliseconds(20))
            }
            // Who reads gets all of it.
            #expect(try await server.get("/api/v1/knowledge/export").lines.count == 160)
            await connection.close()
        }
    }
}
