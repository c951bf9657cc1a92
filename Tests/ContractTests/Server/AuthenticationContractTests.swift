import Foundation
import Server
import TestSupport
import Testing

@Suite("Who is let in")
struct AuthenticationContractTests {
    /// Every test here guesses a lot.
    private static let keysRequired = ServerUnderTest.keysRequired.merging(["AUTH_FAILURES_PER_MINUTE": "1000000"]) {
        $1
    }

    @Test("Without a good key every route but the probes is refused, in one shape")
    func everyRoute() async throws {
        let routes = try await RoutesOfServer.all()
        #expect(routes.count > 30)
        try await ServerUnderTest.serving(environment: Self.keysRequired) { server async throws in
            let key = try #require(server.operatorKey)
            let altered = String(key.dropLast()) + (key.hasSuffix("a") ? "b" : "a")
            for route in routes {
                let (method, path) = (route.method, route.path)
                let isOpen = route.access == .anyone
                // What pages are made of holds no data.
                let isPage = path.hasPrefix("/assets/") || path.contains("/docs")
                #expect(
                    isOpen == (isPage || ["/health/live", "/health/ready"].contains { path.hasSuffix($0) }), "\(path)")
                var bodies: Set<Data> = []
                for sender in [ServerUnderTest.Sender.nobody, .key("nonsense"), .key(altered), .token("a.b.c")] {
                    let reply = try await server.send(
                        method, path, headers: [("X-Request-ID", "same")], as: sender)
                    #expect((reply.status == 401) == !isOpen, "\(method) \(path): \(reply.status)")
                    guard !isOpen else { continue }
                    #expect(reply.header("www-authenticate") == "Bearer")
                    bodies.insert(reply.body)
                }
                #expect(isOpen || bodies.count == 1, "\(method) \(path)")
            }
            #expect(try await server.send("GET", "/nothing", as: .nobody).status == 401)
        }
    }

    @Test("The operator's key opens every route, by either header")
    func operatorKey() async throws {
        let routes = try await RoutesOfServer.all()
        try await ServerUnderTest.serving(environment: Self.keysRequired) { server async throws in
            for route in routes {
                let (method, path) = (route.method, route.path)
                let status = try await server.send(method, path).status
                #expect(status != 401 && status != 403, "\(method) \(path)")
            }
            let key = try #require(server.operatorKey)
            #expect(try await server.send("GET", "/health", as: .token(key)).status == 200)
            let padded = [("authorization", "bearer  \(key)")]
            #expect(try await server.send("GET", "/health", headers: padded, as: .nobody).status == 200)
            #expect(
                try await server.send("GET", "/health", headers: [("authorization", "Basic \(key)")], as: .nobody)
                    .status == 401)
            // A key that is asked for by name has to be good, whatever else is sent.
            let both = [("x-api-key", "nonsense"), ("authorization", "Bearer \(key)")]
            #expect(try await server.send("GET", "/health", headers: both, as: .nobody).status == 401)
        }
    }

    @Test("With keys, a proxy and any Host are no reason to refuse")
    func proxied() async throws {
        try await ServerUnderTest.serving(environment: Self.keysRequired) { server async throws in
            let headers = [("Host", "kb.example"), ("X-Forwarded-For", "192.0.2.7")]
            #expect(try await server.send("GET", "/health", headers: headers).status == 200)
        }
    }
}
