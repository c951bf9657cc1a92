import Access
import Crypto
import Foundation
import Knowledge
import TestSupport
import Testing

@Suite("Tokens")
struct TokenVerifierTests {
    /// Of the test itself: a store needs its folder for as long as it is open.
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private let clock = ManualClock(at: Timestamp(milliseconds: 1_800_000_000_000))
    private var now: Double { Double(clock.now.milliseconds) / 1_000 }

    private func claims(_ changed: [String: Any?] = [:]) -> [String: Any] {
        var claims: [String: Any] = ["sub": "ada", "tenant": "team", "role": "writer", "exp": now + 3_600]
        for (name, value) in changed { claims[name] = value }
        return claims
    }

    private func authenticator(_ source: TokenKeySource) async throws -> (Authenticator, TokenVerifier) {
        let store = try await AccessStore.open(directory: folder.path)
        let verifier = try await TokenVerifier(source, time: clock.timeSource)
        return (Authenticator(keys: store.keys, tokens: verifier), verifier)
    }

    @Test("A token says who, of which tenant and in which role, and is remembered until it expires")
    func good() async throws {
        let (authenticator, _) = try await authenticator(.secret(TokenForge.secret))
        let token = try TokenForge.hs256(claims())
        #expect(authenticator.knownCaller(for: token) == nil)
        let caller = try #require(await authenticator.newCaller(for: token))
        #expect(caller.tenant.name == "team" && caller.roles == [.reader, .writer])
        #expect(caller.subject == "sub:ada" && caller.keyID == nil)
        #expect(authenticator.knownCaller(for: token) == caller)
        clock.advance(milliseconds: 3_600_000 + 59_000)
        #expect(authenticator.knownCaller(for: token) == caller)
        clock.advance(milliseconds: 1_000)
        #expect(authenticator.knownCaller(for: token) == nil)
        #expect(await authenticator.newCaller(for: token) == nil)
    }

    @Test("A token that does not say all of it, or says it wrongly, lets nobody in")
    func badClaims() async throws {
        let (authenticator, _) = try await authenticator(.secret(TokenForge.secret))
        let wrong: [[String: Any?]] = [
            ["sub": nil], ["sub": " "], ["sub": 7], ["sub": String(repeating: "a", count: 201)],
            ["tenant": nil], ["tenant": "Team"], ["tenant": "a/b"], ["tenant": ["team"]], ["tenant": ""],
            ["role": nil], ["role": "root"], ["role": "Writer"], ["role": ["writer"]],
            ["exp": nil], ["exp": "soon"], ["exp": now - 61], ["exp": 0], ["exp": -1e300],
            ["nbf": now + 61], ["nbf": "now"],
        ]
        for change in wrong {
            #expect(try await authenticator.newCaller(for: TokenForge.hs256(claims(change))) == nil, "\(change)")
        }
        // Within the skew of clocks.
        for change: [String: Any?] in [["exp": now - 59], ["nbf": now + 59], ["exp": now + 1.5], ["exp": 1e300]] {
            #expect(try await authenticator.newCaller(for: TokenForge.hs256(claims(change))) != nil, "\(change)")
        }
    }

    @Test("With a secret, only HS256 with that secret counts")
    func pinnedSecret() async throws {
        let (authenticator, _) = try await authenticator(.secret(TokenForge.secret))
        let good = try TokenForge.hs256(claims())
        let parts = good.split(separator: ".")
        let other = P256.Signing.PrivateKey()
        for token in [
            try TokenForge.unsigned(claims()), try TokenForge.unsigned(claims(), alg: "None"),
            try TokenForge.unsigned(claims(), alg: "HS256"), "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1])",
            try TokenForge.hs256(claims(), secret: TokenForge.secret + "!"),
            try TokenForge.hs256(claims(), header: ["alg": "none"]),
            try TokenForge.hs256(claims(), header: ["alg": "HS512"]),
            try TokenForge.hs256(claims(), header: ["alg": "hs256"]),
            try TokenForge.hs256(claims(), header: ["typ": "JWT"]),
            try TokenForge.hs256(claims(), header: ["alg": "HS256", "crit": ["b64"], "b64": false]),
            try TokenForge.es256(claims(), key: other, kid: "a"),
            try TokenForge.es256(claims(), key: other, kid: "a", alg: "HS256"),
            good + ".x", "." + good, String(repeating: "a", count: 100_000), "a.b.c", "..", "",
        ] {
            #expect(await authenticator.newCaller(for: token) == nil, "\(token.prefix(80))")
        }
    }

    @Test("With a key set, the key that the token names decides on the algorithm")
    func pinnedKeySet() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/keys.json"
        let (key, other) = (P256.Signing.PrivateKey(), P256.Signing.PrivateKey())
        let set = try TokenForge.keySet(["a": key.publicKey])
        try set.write(to: URL(filePath: path))
        let (authenticator, verifier) = try await authenticator(.keySet(file: path))
        let good = try TokenForge.es256(claims(), key: key, kid: "a")
        #expect(await authenticator.newCaller(for: good)?.tenant.name == "team")
        for token in [
            try TokenForge.es256(claims(), key: other, kid: "a"), try TokenForge.es256(claims(), key: key, kid: "b"),
            try TokenForge.es256(claims(), key: key, kid: "a", alg: "RS256"),
            try TokenForge.es256(claims(), key: key, kid: "a", alg: "none"),
            // The public key taken for a secret: in the forms in which one has it.
            try TokenForge.hs256(
                claims(), secret: key.publicKey.pemRepresentation, header: ["alg": "HS256", "kid": "a"]),
            try TokenForge.hs256(
                claims(), secret: String(decoding: set, as: UTF8.self), header: ["alg": "HS256", "kid": "a"]),
            try TokenForge.hs256(claims(), header: ["alg": "HS256"]), try TokenForge.unsigned(claims()),
        ] {
            #expect(await authenticator.newCaller(for: token) == nil)
        }

        // Another key in its place: what it signed is out at once, also what was remembered.
        #expect(authenticator.knownCaller(for: good) != nil)
        try TokenForge.keySet(["c": other.publicKey]).write(to: URL(filePath: path), options: .atomic)
        #expect(try await verifier.reload())
        #expect(authenticator.knownCaller(for: good) == nil)
        #expect(await authenticator.newCaller(for: good) == nil)
        #expect(try await authenticator.newCaller(for: TokenForge.es256(claims(), key: other, kid: "c")) != nil)
        #expect(try await !verifier.reload())

        // What cannot be used leaves the keys before in force.
        for broken in ["", "{}", #"{"keys":[]}"#, #"{"keys":[{"kty":"oct","k":"AAAA","kid":"a","alg":"HS256"}]}"#] {
            try Data(broken.utf8).write(to: URL(filePath: path), options: .atomic)
            await #expect(throws: AccessError.self) { try await verifier.reload() }
            #expect(try await authenticator.newCaller(for: TokenForge.es256(claims(), key: other, kid: "c")) != nil)
        }
    }

    @Test("Without a usable key set there is no verifier, and the file is named")
    func noKeySet() async throws {
        let error = await #expect(throws: AccessError.self) {
            _ = try await TokenVerifier(.keySet(file: "/nowhere/keys.json"))
        }
        #expect(error?.description.contains("/nowhere/keys.json") == true)
    }
}
