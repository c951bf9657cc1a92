import Crypto
import Foundation
import TestSupport
import Testing

@Suite("Tokens at the door")
struct TokenContractTests {
    private func claims(_ changed: [String: Any?] = [:]) -> [String: Any] {
        var claims: [String: Any] = [
            "sub": "ada", "tenant": "team", "role": "writer", "exp": Date().timeIntervalSince1970 + 600,
        ]
        for (name, value) in changed { claims[name] = value }
        return claims
    }

    @Test("A good token opens what its role may; every bad one gets the same 401")
    func tokens() async throws {
        let environment = ServerUnderTest.keysRequired.merging(["JWT_SECRET": TokenForge.secret]) { $1 }
        try await ServerUnderTest.serving(environment: environment) { server async throws in
            func send(_ method: String, _ path: String, _ token: String, _ body: String? = nil) async throws
                -> ServerUnderTest.Reply
            {
                try await server.send(
                    method, "/api/v1" + path, body: body, headers: [("X-Request-ID", "same")], as: .token(token))
            }
            let good = try TokenForge.hs256(claims())
            for _ in 0..<2 { #expect(try await send("GET", "/knowledge", good).status == 200) }
            let item = #"{"issue":"a token's issue","resolution":"its resolution"}"#
            #expect(try await send("POST", "/knowledge", good, item).status == 201)
            #expect(try await send("GET", "/tiers", good).status == 403)

            var bodies: Set<Data> = []
            for token in [
                try TokenForge.hs256(claims(["exp": Date().timeIntervalSince1970 - 61])),
                try TokenForge.hs256(claims(["exp": nil])), try TokenForge.hs256(claims(["tenant": "Not A Tenant"])),
                try TokenForge.hs256(claims(["tenant": nil])), try TokenForge.hs256(claims(["role": "root"])),
                try TokenForge.hs256(claims(), secret: "another secret that is long enough, too"),
                try TokenForge.unsigned(claims()), try TokenForge.unsigned(claims(), alg: "HS256"),
                try TokenForge.es256(claims(), key: P256.Signing.PrivateKey(), kid: "a"),
                try TokenForge.hs256(claims(), header: ["alg": "RS256"]), String(good.dropLast(2)), "x.y.z", "-",
            ] {
                let reply = try await send("GET", "/knowledge", token)
                #expect(reply.status == 401, "\(token)")
                bodies.insert(reply.body)
            }
            let missing = try await server.send(
                "GET", "/api/v1/knowledge", headers: [("X-Request-ID", "same")], as: .nobody)
            bodies.insert(missing.body)
            #expect(bodies.count == 1)
            // Another tenant's token is a good token, of another tenant.
            let other = try TokenForge.hs256(claims(["tenant": "others"]))
            #expect(try await send("GET", "/knowledge", other).json["items"] as? [[String: String]] == [])
            #expect(try await send("GET", "/knowledge/1", other).status == 404)
        }
    }

    @Test("A key set that changes is read again while the server runs")
    func keySet() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/keys.json"
        let (first, second) = (P256.Signing.PrivateKey(), P256.Signing.PrivateKey())
        try TokenForge.keySet(["a": first.publicKey]).write(to: URL(filePath: path))
        let environment = ServerUnderTest.keysRequired.merging(["JWT_JWKS_FILE": path]) { $1 }
        try await ServerUnderTest.serving(environment: environment) { server async throws in
            let old = try TokenForge.es256(claims(), key: first, kid: "a")
            let new = try TokenForge.es256(claims(), key: second, kid: "b")
            func status(_ token: String) async throws -> Int {
                try await server.send("GET", "/api/v1/knowledge", as: .token(token)).status
            }
            #expect(try await status(old) == 200)
            #expect(try await status(new) == 401)
            try TokenForge.keySet(["b": second.publicKey]).write(to: URL(filePath: path), options: .atomic)
            let deadline = ContinuousClock.now + .seconds(20)
            while try await status(new) != 200, .now < deadline { try await Task.sleep(for: .milliseconds(200)) }
            #expect(try await status(new) == 200)
            #expect(try await status(old) == 401)
        }
    }

    @Test("An address that guesses too often waits; who has a good key does not")
    func guessing() async throws {
        let environment = ServerUnderTest.keysRequired.merging(["AUTH_FAILURES_PER_MINUTE": "5"]) { $1 }
        try await ServerUnderTest.serving(environment: environment) { server async throws in
            for _ in 0..<5 { #expect(try await server.send("GET", "/health", as: .key("guess")).status == 401) }
            let reply = try await server.send("GET", "/health", as: .key("guess"))
            #expect(reply.status == 429)
            let seconds = try #require(reply.header("retry-after").flatMap { Int($0) })
            #expect((1...60).contains(seconds))
            #expect(try await server.send("GET", "/health").status == 200)
            #expect(try await server.send("GET", "/health", as: .nobody).status == 401)
            // Nobody is believed who says that it speaks for others.
            let forwarded = [("X-Forwarded-For", "192.0.2.9")]
            #expect(try await server.send("GET", "/health", headers: forwarded, as: .key("guess")).status == 429)
            #expect(
                try await server.metric(#"thermocline_authentication_failures_total{outcome="refused"}"#) == 5)
        }
        let trusting = environment.merging(["TRUSTED_PROXIES": "127.0.0.0/8"]) { $1 }
        try await ServerUnderTest.serving(environment: trusting) { server async throws in
            func guess(_ address: String) async throws -> Int {
                try await server.send(
                    "GET", "/health", headers: [("X-Forwarded-For", address)], as: .key("guess")
                ).status
            }
            for _ in 0..<5 { #expect(try await guess("192.0.2.9") == 401) }
            #expect(try await guess("192.0.2.9") == 429)
            #expect(try await guess("192.0.2.10") == 401)
        }
    }
}
