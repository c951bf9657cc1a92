import Foundation
import Server
import TestSupport
import Testing

@Suite("Requests that no parser takes, in the shape of every error")
struct MalformedRequestTests {
    private struct Sent {
        let what: String
        let text: String
        let status: Int
        let code: String

        init(_ what: String, _ text: String, _ status: Int = 400, _ code: String = "MALFORMED_REQUEST") {
            self.what = what
            self.text = text
            self.status = status
            self.code = code
        }
    }

    private static let longField = String(repeating: "a", count: 20_000)
    private static let longPath = String(repeating: "a", count: 9_000)
    private static let manyFields = (0..<101).map { "X-Field-\($0): x\r\n" }.joined()
    private static let host = "Host: localhost\r\n"
    private static let post =
        "POST /api/v1/troubleshoot HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

    private static let sent: [Sent] = [
        Sent("no request line", "NONSENSE\r\n\r\n"),
        Sent("unknown method", "BREW /pot HTTP/1.1\r\n\(host)\r\n"),
        Sent("unknown version", "GET / HTTP/3.7\r\n\(host)\r\n"),
        Sent("another protocol", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Sent("space in a field name", "GET / HTTP/1.1\r\n\(host)Bad Name: x\r\n\r\n"),
        Sent("no Host", "GET /health/live HTTP/1.1\r\n\r\n"),
        Sent("two Hosts", "GET /health/live HTTP/1.1\r\n\(host)\(host)\r\n"),
        Sent("two lengths", "\(post)Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x"),
        Sent("length and chunks", "\(post)Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Sent("length that is no number", "\(post)Content-Length: two\r\n\r\n{}"),
        Sent("negative length", "\(post)Content-Length: -2\r\n\r\n{}"),
        Sent("chunks in HTTP/1.0", "POST /troubleshoot HTTP/1.0\r\n\(host)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Sent("chunk without a size", "\(post)Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
        Sent(
            "unknown coding", "\(post)Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, "NOT_IMPLEMENTED"),
        Sent(
            "a large field", "GET / HTTP/1.1\r\n\(host)X-Large: \(longField)\r\n\r\n", 431,
            "HEADERS_TOO_LARGE"),
        Sent(
            "many fields",
            "GET / HTTP/1.1\r\n\(host)\(manyFields)\r\n", 431,
            "HEADERS_TOO_LARGE"),
        Sent(
            "a long path", "GET /\(longPath) HTTP/1.1\r\n\(host)\r\n", 414,
            "URI_TOO_LONG"),
    ]

    @Test("Each is answered, named, and the end of its connection")
    func shapes() async throws {
        try await ServerUnderTest.serving { server async throws in
            for sent in Self.sent {
                let connection = try await RawConnection(to: server.place)
                try await connection.send(sent.text)
                let text = try await connection.waitForEnd()
                let replies = RawReply.all(in: text)
                #expect(replies.count == 1, "\(sent.what): \(text)")
                guard let reply = replies.first else { continue }
                #expect(reply.status == sent.status, "\(sent.what): \(text)")
                let error = reply.json["error"] as? [String: Any]
                #expect(error?["code"] as? String == sent.code, "\(sent.what)")
                #expect(reply.json["detail"] is String, "\(sent.what)")
                #expect(error?["request_id"] as? String == reply.fields["x-request-id"], "\(sent.what)")
                #expect(reply.fields["connection"] == "close", "\(sent.what)")
                #expect(reply.fields["x-content-type-options"] == "nosniff", "\(sent.what)")
                await connection.close()
            }
            #expect(try await server.metric(#"thermocline_requests_refused_total{status="431"}"#) == 2)
            // Most of them no route has seen; they are replies all the same.
            let replies = try await server.metric(#"thermocline_http_responses_total{status="4xx"}"#)
            #expect(Int(replies) == Self.sent.count { (400..<500).contains($0.status) })
        }
    }

    @Test("A body that ends before its length is not taken for a whole one")
    func cutShort() async throws {
        try await ServerUnderTest.serving { server async throws in
            for framing in ["Content-Length: 100\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n40\r\n"] {
                let connection = try await RawConnection(to: server.place)
                try await connection.send(Self.post + framing + #"{"text":"x"}"#)
                try await connection.endSending()
                let reply = try #require(RawReply.all(in: try await connection.waitForEnd()).first)
                #expect(reply.status == 400)
                await connection.close()
            }
        }
    }

    @Test("What was asked before it on the connection is answered first")
    func pipelined() async throws {
        try await ServerUnderTest.serving { server async throws in
            let connection = try await RawConnection(to: server.place)
            let good = "GET /health/live HTTP/1.1\r\n\(Self.host)\r\n"
            try await connection.send(good + good + "NONSENSE\r\n\r\n")
            let replies = RawReply.all(in: try await connection.waitForEnd())
            #expect(replies.map(\.status) == [200, 200, 400])
        }
    }

    @Test("A target that names a host is asked of that host")
    func absoluteTarget() async throws {
        try await ServerUnderTest.serving { server async throws in
            for (host, status) in [("localhost", 200), ("evil.example", 403)] {
                let connection = try await RawConnection(to: server.place)
                try await connection.send(
                    "GET http://\(host)/health/live?x=1 HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
                let reply = try #require(RawReply.all(in: try await connection.waitForEnd()).first)
                #expect(reply.status == status)
            }
        }
    }
}
