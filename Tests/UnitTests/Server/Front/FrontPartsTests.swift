import Server
import Testing

@Suite("Small parts of the front")
struct FrontPartsTests {
    @Test(
        "gzip is taken from who asks for it, by weight",
        arguments: [
            ("gzip", true), ("GZIP", true), ("x-gzip", true), ("br, gzip", true), ("gzip;q=0.1", true),
            ("gzip; q=0.5, identity; q=0.5", true), ("*", true), ("*;q=0.2, br", true), ("gzip;q=1.000", true),
            ("", false), ("br", false), ("identity", false), ("gzip;q=0", false), ("gzip;q=0.000", false),
            ("gzip;q=nonsense", false), ("gzip;q", false), ("gzip;q=2", false), ("*;q=0", false),
            ("gzip;q=0, *", false), ("identity;q=1, gzip;q=0.5", false), ("gzippy", false), (";;,,=", false),
        ])
    func weights(acceptEncoding: String, takes: Bool) {
        #expect(AcceptedEncodings.takesGzip(acceptEncoding) == takes)
    }

    @Test("Who says nothing gets the reply as it is")
    func silence() {
        #expect(!AcceptedEncodings.takesGzip(nil))
    }

    @Test(
        "An origin is a scheme and a host, with a port or without",
        arguments: [
            ("https://example.org", true), ("http://localhost:3000", true), ("https://[::1]:8443", true),
            ("https://example.org/", false), ("https://example.org/app", false), ("example.org", false),
            ("https://", false), ("https://a b", false), ("ftp://example.org", false), ("null", false),
            ("https://user@example.org", false), ("https://example.org:0", false),
            ("https://example.org:99999", false), ("*", false),
        ])
    func origins(text: String, isOrigin: Bool) {
        #expect(CrossOriginPolicy.isOrigin(text) == isOrigin)
    }

    @Test("Origins are compared whole, without regard to case")
    func comparison() {
        let policy = CrossOriginPolicy(["https://Example.org"])
        #expect(policy.allows("https://example.org"))
        #expect(!policy.allows("https://example.org.evil.example"))
        #expect(!policy.allows("http://example.org"))
        #expect(!CrossOriginPolicy([]).allows("https://example.org"))
        #expect(CrossOriginPolicy(["*"]).allows("https://anything.example"))
    }

    @Test(
        "Settings of origins and certificates are checked together",
        arguments: [
            ["CORS_ORIGINS": "*, https://example.org"], ["CORS_ORIGINS": "example.org"],
            ["CORS_ORIGINS": "[\"https://example.org\""], ["TLS_KEY_FILE": "key.pem"],
            ["TLS_CERTIFICATE_FILE": "certificate.pem"], ["MAX_CONNECTIONS": "0"], ["SERVER_TIMEOUT_SECONDS": "0"],
        ])
    func settings(environment: [String: String]) {
        #expect(throws: SettingsViolation.self) { try Settings(environment: environment) }
    }
}
