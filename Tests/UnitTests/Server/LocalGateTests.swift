import HTTPTypes
import Server
import Testing

@Suite("Who is let in without a key")
struct LocalGateTests {
    private func isLetIn(host: String?, _ field: String? = nil, allowsAnonymous: Bool = false) throws -> Bool {
        var request = HTTPRequest(method: .get, scheme: "http", authority: host, path: "/")
        if let field { request.headerFields[try #require(HTTPField.Name(field))] = "x" }
        do {
            try LocalGate(allowsAnonymous: allowsAnonymous).check(request)
            return true
        } catch {
            #expect(error.status == 403)
            return false
        }
    }

    @Test(
        "A local Host passes",
        arguments: ["localhost", "localhost:8000", "127.0.0.1:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST"])
    func local(host: String) throws {
        #expect(try isLetIn(host: host))
    }

    @Test(
        "Any other Host is refused",
        arguments: [
            "evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "",
        ])
    func foreign(host: String) throws {
        #expect(try !isLetIn(host: host))
        #expect(try isLetIn(host: host, allowsAnonymous: true))
    }

    @Test("A request without a Host is refused")
    func noHost() throws {
        #expect(try !isLetIn(host: nil))
    }

    @Test(
        "A request that came through a proxy is refused",
        arguments: ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "x-forwarded-proto", "X-Real-IP"])
    func proxied(field: String) throws {
        #expect(try !isLetIn(host: "localhost", field))
        #expect(try isLetIn(host: "localhost", field, allowsAnonymous: true))
    }
}
