import Foundation
import Server
import TestSupport
import Testing

@Suite("Connections: how long they last, and for whom")
struct ConnectionContractTests {
    private static let live = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test("HTTP/1.1 goes on unless the client says otherwise, in whatever case")
    func keepAlive() async throws {
        try await ServerUnderTest.serving { server async throws in
            let connection = try await RawConnection(to: server.place)
            for count in 1...3 {
                try await connection.send(Self.live)
                try await connection.wait { text, _ in RawReply.all(in: text).count == count }
            }
            #expect(!connection.isClosed)
            try await connection.send(
                "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: Close\r\n\r\n")
            let last = try #require(RawReply.all(in: try await connection.waitForEnd()).last)
            #expect(last.fields["connection"] == "close")
        }
    }

    @Test("HTTP/1.0 ends after a reply unless asked to go on, and gets no chunks")
    func version10() async throws {
        try await ServerUnderTest.serving { server async throws in
            let plain = try await RawConnection(to: server.place)
            try await plain.send("GET /health/live HTTP/1.0\r\nHost: localhost\r\n\r\n")
            #expect(RawReply.all(in: try await plain.waitForEnd()).map(\.status) == [200])

            let kept = try await RawConnection(to: server.place)
            let asks = "GET /health/live HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n"
            try await kept.send(asks)
            try await kept.wait { text, _ in RawReply.all(in: text).count == 1 }
            try await kept.send(asks)
            let replies = RawReply.all(in: try await kept.wait { text, _ in RawReply.all(in: text).count == 2 })
            #expect(replies.last?.fields["connection"] == "keep-alive")
            #expect(!kept.isClosed)

            _ = try await server.post("/api/v1/knowledge", #"{"issue":"old clients","resolution":"exist"}"#)
            let export = try await RawConnection(to: server.place)
            try await export.send("GET /api/v1/knowledge/export HTTP/1.0\r\nHost: localhost\r\n\r\n")
            let text = try await export.waitForEnd()
            #expect(text.hasSuffix("}\n") && !text.lowercased().contains("transfer-encoding"))
        }
    }

    @Test("A request for another protocol is answered in this one, and is the last of its connection")
    func upgrade() async throws {
        try await ServerUnderTest.serving { server async throws in
            let connection = try await RawConnection(to: server.place)
            try await connection.send(
                "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                    + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")
            let replies = RawReply.all(in: try await connection.waitForEnd())
            #expect(replies.map(\.status) == [200])
            #expect(replies.first?.fields["connection"] == "close")
        }
    }

    @Test("Who waits for leave to send a body gets it")
    func expectContinue() async throws {
        try await ServerUnderTest.serving { server async throws in
            let connection = try await RawConnection(to: server.place)
            let body = #"{"text":"x"}"#
            try await connection.send(
                "POST /troubleshoot HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(body.utf8.count)\r\nExpect: 100-continue\r\n\r\n")
            try await connection.wait { text, _ in text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\n") }
            try await connection.send(body)
            let replies = try await connection.wait { text, _ in RawReply.all(in: text).count == 2 }
            #expect(RawReply.all(in: replies).last?.status == 200)
        }
    }

    @Test("A refusal reaches a client that is still sending, which is not read to its end")
    func refusedWhileSending() async throws {
        try await ServerUnderTest.serving { server async throws in
            let connection = try await RawConnection(to: server.place)
            try await connection.send(
                "POST /nothing-here HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n")
            let piece = String(repeating: "x", count: 1 << 16)
            try await connection.wait { text, _ in !RawReply.all(in: text).isEmpty }
            for _ in 0..<64 where !connection.isClosed { try? await connection.send(piece) }
            let replies = RawReply.all(in: try await connection.waitForEnd())
            #expect(replies.map(\.status) == [404])
        }
    }

    @Test("One connection too many is told so, and the next one served as soon as there is room")
    func tooMany() async throws {
        try await ServerUnderTest.serving(environment: ["MAX_CONNECTIONS": "2"]) { server async throws in
            let first = try await RawConnection(to: server.place)
            let second = try await RawConnection(to: server.place)
            for connection in [first, second] {
                try await connection.send(Self.live)
                try await connection.wait { text, _ in !RawReply.all(in: text).isEmpty }
            }
            let third = try await RawConnection(to: server.place)
            try await third.send(Self.live)
            let reply = try #require(RawReply.all(in: try await third.waitForEnd()).first)
            #expect(reply.status == 503 && reply.fields["retry-after"] == "1")
            #expect((reply.json["error"] as? [String: Any])?["code"] as? String == "OVERLOADED")
            await third.close()

            await first.close()
            var answered = false
            for _ in 0..<200 where !answered {
                let next = try await RawConnection(to: server.place)
                try await next.send(Self.live)
                let text = try await next.wait { text, isClosed in isClosed || !RawReply.all(in: text).isEmpty }
                answered = RawReply.all(in: text).first?.status == 200
                await next.close()
                if !answered { try await Task.sleep(for: .milliseconds(10)) }
            }
            #expect(answered)
        }
    }
}
