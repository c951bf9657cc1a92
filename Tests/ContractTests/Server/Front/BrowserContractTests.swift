import Foundation
import Server
import TestSupport
import Testing

@Suite("What browsers are told")
struct BrowserContractTests {
    private static let page = "https://pages.example:8443"

    private func preflight(
        _ server: ServerUnderTest, _ path: String, origin: String, method: String = "POST"
    ) async throws -> ServerUnderTest.Reply {
        try await server.send(
            "OPTIONS", path, headers: [("Origin", origin), ("Access-Control-Request-Method", method)])
    }

    @Test("Pages of a listed origin may ask and read, with credentials")
    func listed() async throws {
        for list in ["\(Self.page), http://localhost:3000", #"["http://localhost:3000","\#(Self.page)"]"#] {
            try await ServerUnderTest.serving(environment: ["CORS_ORIGINS": list]) { server async throws in
                let asked = try await preflight(server, "/api/v1/troubleshoot", origin: Self.page)
                #expect(asked.status == 204 && asked.body.isEmpty)
                #expect(asked.header("access-control-allow-origin") == Self.page)
                #expect(asked.header("access-control-allow-credentials") == "true")
                #expect(asked.header("access-control-allow-methods") == "POST")
                #expect(asked.header("access-control-allow-headers")?.contains("X-API-Key") == true)
                #expect(asked.header("vary")?.contains("Origin") == true)

                let headers = [("Origin", Self.page)]
                let answered = try await server.send("POST", "/troubleshoot", body: #"{"text":"x"}"#, headers: headers)
                #expect(answered.status == 200)
                #expect(answered.header("access-control-allow-origin") == Self.page)
                #expect(answered.header("access-control-expose-headers")?.contains("X-Request-ID") == true)
                let missing = try await server.send("GET", "/api/v1/nothing", headers: headers)
                #expect(missing.status == 404)
                #expect(missing.header("access-control-allow-origin") == Self.page)
                let without = try await server.get("/api/v1/health/live")
                #expect(without.header("access-control-allow-origin") == nil)
                #expect(without.header("vary") == "Origin")
            }
        }
    }

    @Test("Pages of another origin learn nothing and change nothing")
    func unlisted() async throws {
        for environment in [[:], ["CORS_ORIGINS": Self.page]] {
            try await ServerUnderTest.serving(environment: environment) { server async throws in
                for origin in ["https://evil.example", "https://pages.example", "null", Self.page + ".evil.example"] {
                    let asked = try await preflight(server, "/api/v1/troubleshoot", origin: origin)
                    #expect(asked.status == 403, "\(origin)")
                    #expect(asked.header("access-control-allow-origin") == nil)
                    let read = try await server.send("GET", "/api/v1/health/live", headers: [("Origin", origin)])
                    #expect(read.status == 200 && read.header("access-control-allow-origin") == nil)
                    let flushed = try await server.send(
                        "POST", "/api/v1/tiers/hot/flush", headers: [("Origin", origin)])
                    #expect(flushed.status == 403, "\(origin)")
                }
                let own = try await server.send(
                    "POST", "/api/v1/tiers/hot/flush", headers: [("Origin", server.place.url)])
                #expect(own.status == 200)
            }
        }
    }

    @Test("Any origin may be let in, but never with credentials")
    func any() async throws {
        try await ServerUnderTest.serving(environment: ["CORS_ORIGINS": "*"]) { server async throws in
            let asked = try await preflight(server, "/api/v1/knowledge/7", origin: "https://any.example", method: "PUT")
            #expect(asked.status == 204)
            #expect(asked.header("access-control-allow-origin") == "*")
            #expect(asked.header("access-control-allow-credentials") == nil)
            #expect(asked.header("access-control-allow-methods") == "DELETE, GET, HEAD, PATCH, PUT")
            #expect(try await preflight(server, "/nothing", origin: "https://any.example").status == 404)
        }
    }

    @Test("OPTIONS that is no preflight is a method like another")
    func plainOptions() async throws {
        try await ServerUnderTest.serving(environment: ["CORS_ORIGINS": "*"]) { server async throws in
            for path in ["/api/v1/troubleshoot", "/health", "/api/v1/knowledge/7", "/api/v1/tiers/hot/items"] {
                let reply = try await server.send("OPTIONS", path)
                #expect(reply.status == 405 && reply.header("allow")?.isEmpty == false, "\(path)")
            }
            let head = try await server.send("HEAD", "/api/v1/troubleshoot")
            #expect(head.status == 405 && head.header("allow") == "POST")
            #expect(try await server.send("HEAD", "/health/live").status == 200)
            let export = try await RawConnection(to: server.place)
            let asks = "HEAD /api/v1/knowledge/export HTTP/1.1\r\nHost: localhost\r\n\r\n"
            try await export.send(asks + asks)
            try await export.wait { text, _ in text.components(separatedBy: "HTTP/1.1 200 OK\r\n").count == 3 }
            #expect(export.text.hasSuffix("\r\n\r\n"))
        }
    }

    @Test("Every reply says what it is not to be used for")
    func securityFields() async throws {
        try await ServerUnderTest.serving { server async throws in
            for path in ["/", "/api/v1/health", "/nothing", "/api/v1/knowledge/export"] {
                let reply = try await server.get(path)
                #expect(reply.header("x-content-type-options") == "nosniff")
                #expect(reply.header("referrer-policy") == "no-referrer")
                #expect(reply.header("content-security-policy")?.contains("frame-ancestors 'none'") == true)
                #expect(reply.header("cache-control") == "no-store")
                #expect(reply.header("strict-transport-security") == nil)
            }
        }
    }

    @Test("Large replies are compressed for who takes it, and say the same")
    func compression() async throws {
        try await ServerUnderTest.serving { server async throws in
            let words = (0..<2_000).map { "word\($0)" }.joined(separator: " ")
            for number in 0..<3 {
                let stored = try await server.post(
                    "/api/v1/knowledge", #"{"issue":"compress \#(number)","resolution":"\#(words)"}"#)
                #expect(stored.status == 201)
            }
            for path in ["/api/v1/knowledge", "/api/v1/knowledge/export"] {
                let plain = try await server.get(path)
                #expect(plain.header("content-encoding") == nil)
                #expect(plain.header("vary") == "Accept-Encoding")
                for wish in ["gzip", "br;q=1.0, gzip;q=0.8, *;q=0.1", "*"] {
                    let small = try await server.send("GET", path, headers: [("Accept-Encoding", wish)])
                    #expect(small.header("content-encoding") == "gzip", "\(path) \(wish)")
                    #expect(small.body.count * 2 < plain.body.count)
                    let unpacked = try await ToolRun("gzip", "-dc", input: small.body)
                    #expect(unpacked.code == 0 && unpacked.output == plain.body, "\(path) \(wish)")
                }
                for wish in ["identity", "gzip;q=0", "br", "identity, gzip;q=0.5"] {
                    let same = try await server.send("GET", path, headers: [("Accept-Encoding", wish)])
                    #expect(same.header("content-encoding") == nil && same.body == plain.body, "\(path) \(wish)")
                }
            }
            // A tag names the bytes that it came with, and goes back in If-Match.
            let id = try #require(try await server.get("/api/v1/knowledge/export").lines.first?["id"] as? String)
            let item = try await server.send(
                "GET", "/api/v1/knowledge/\(id)", headers: [("Accept-Encoding", "gzip")])
            #expect(item.header("etag") != nil && item.header("content-encoding") == nil)
            let small = try await server.send("GET", "/api/v1/health", headers: [("Accept-Encoding", "gzip")])
            #expect(small.header("content-encoding") == nil)
        }
    }

    @Test("A compressed body is not taken")
    func compressedBody() async throws {
        try await ServerUnderTest.serving { server async throws in
            let packed = try await ToolRun("gzip", "-c", input: Data(#"{"text":"x"}"#.utf8)).output
            let reply = try await server.send(
                "POST", "/troubleshoot", bytes: packed, contentType: "application/json",
                headers: [("Content-Encoding", "gzip")])
            #expect(reply.status == 415 && reply.header("accept-encoding") == "identity")
            #expect((reply.json["error"] as? [String: Any])?["code"] as? String == "UNSUPPORTED_CONTENT_ENCODING")
        }
    }
}
