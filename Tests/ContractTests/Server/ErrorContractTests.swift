import Foundation
import TestSupport
import Testing

@Suite("Errors, all of one shape")
struct ErrorContractTests {
    private func expectShape(_ reply: ServerUnderTest.Reply, _ status: Int, _ code: String) throws {
        #expect(reply.status == status)
        #expect(reply.json["detail"] is String)
        let error = try #require(reply.json["error"] as? [String: Any])
        #expect(error["code"] as? String == code)
        #expect(error["message"] is String && error["details"] is [String: Any])
        #expect(error["request_id"] as? String == reply.header("x-request-id"))
        #expect(reply.header("content-type") == "application/json")
    }

    @Test("Unknown paths are 404, wrong methods 405 with what is allowed")
    func pathsAndMethods() async throws {
        try await ServerUnderTest.serving { server async throws in
            try expectShape(try await server.get("/api/v1/nothing"), 404, "NOT_FOUND")
            try expectShape(try await server.get("/api/v1/knowledge/7"), 404, "NOT_FOUND")
            try expectShape(try await server.get("/api/v1/knowledge/x"), 404, "NOT_FOUND")
            for (method, path, allowed) in [
                ("GET", "/api/v1/troubleshoot", "POST"), ("DELETE", "/troubleshoot", "POST"),
                ("POST", "/api/v1/health", "GET, HEAD"), ("PATCH", "/api/v1/knowledge", "GET, HEAD, POST"),
                ("POST", "/api/v1/knowledge/7", "DELETE, GET, HEAD, PATCH, PUT"), ("POST", "/", "GET, HEAD"),
            ] {
                let reply = try await server.send(method, path)
                try expectShape(reply, 405, "METHOD_NOT_ALLOWED")
                #expect(reply.header("allow") == allowed, "\(method) \(path)")
            }
        }
    }

    @Test("A body that is too large, or no JSON by its own account, is not read")
    func bodies() async throws {
        try await ServerUnderTest.serving { server async throws in
            let large = #"{"text":"\#(String(repeating: "a", count: 1 << 20))"}"#
            try expectShape(try await server.post("/api/v1/troubleshoot", large), 413, "BODY_TOO_LARGE")
            for type in ["text/plain", "application/x-www-form-urlencoded", nil] {
                let reply = try await server.send("POST", "/troubleshoot", body: #"{"text":"x"}"#, contentType: type)
                try expectShape(reply, 415, "UNSUPPORTED_MEDIA_TYPE")
            }
            for type in ["application/json; charset=utf-8", "application/problem+json", "APPLICATION/JSON"] {
                let reply = try await server.send("POST", "/troubleshoot", body: #"{"text":"x"}"#, contentType: type)
                #expect(reply.status == 200)
            }
        }
    }

    @Test("Every reply is named: by the client if it sent a sane name, else by the server")
    func requestIDs() async throws {
        try await ServerUnderTest.serving { server async throws in
            func id(_ sent: String?) async throws -> String? {
                try await server.send("GET", "/health/live", headers: sent.map { [("X-Request-ID", $0)] } ?? [])
                    .header("x-request-id")
            }
            #expect(try await id("my-id.1") == "my-id.1")
            #expect(try await id("no spaces please") != "no spaces please")
            #expect(try await id(String(repeating: "a", count: 129))?.count ?? 0 < 129)
            #expect(try await id(nil) != id(nil))
        }
    }

    @Test("Training is not there yet, whatever is sent")
    func train() async throws {
        try await ServerUnderTest.serving { server async throws in
            try expectShape(try await server.post("/api/v1/train", "nonsense"), 501, "NOT_IMPLEMENTED")
            try expectShape(try await server.get("/api/v1/train/any-id"), 501, "NOT_IMPLEMENTED")
        }
    }

    @Test("Without keys, callers through proxies and for other hosts are refused")
    func anonymous() async throws {
        try await ServerUnderTest.serving { server async throws in
            for field in ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP"] {
                try expectShape(
                    try await server.send("GET", "/api/v1/health", headers: [(field, "1.2.3.4")]), 403, "FORBIDDEN")
            }
            try expectShape(
                try await server.send("GET", "/health", headers: [("Host", "evil.example")]), 403, "FORBIDDEN")
        }
        try await ServerUnderTest.serving(environment: ["ALLOW_ANONYMOUS": "true"]) { server async throws in
            #expect(try await server.send("GET", "/health", headers: [("X-Real-IP", "1.2.3.4")]).status == 200)
        }
    }
}
