import Foundation
import Server
import TestSupport
import Testing

@Suite("Encrypted connections")
struct EncryptionTests {
    /// A certificate for this machine, made by openssl.
    private struct Files {
        let folder: TemporaryDirectory
        var certificate: String { folder.path + "/certificate.pem" }
        var key: String { folder.path + "/key.pem" }
        var environment: [String: String] { ["TLS_CERTIFICATE_FILE": certificate, "TLS_KEY_FILE": key] }

        init() async throws {
            folder = try TemporaryDirectory()
            try await renew(name: "first")
        }

        /// Puts another pair in place, file by file, as an operator does.
        func renew(name: String) async throws {
            let made = try await ToolRun(
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "30", "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", key + ".new", "-out", certificate + ".new")
            try #require(made.code == 0, "\(made.errors)")
            for path in [certificate, key] {
                try? FileManager.default.removeItem(atPath: path)
                try FileManager.default.moveItem(atPath: path + ".new", toPath: path)
            }
        }
    }

    private func curl(_ server: ServerUnderTest, _ files: Files, _ arguments: String...) async throws -> ToolRun {
        try await curl(server, trusting: files.certificate, arguments)
    }

    private func curl(
        _ server: ServerUnderTest, trusting certificate: String, _ arguments: [String] = []
    ) async throws -> ToolRun {
        let url = "https://127.0.0.1:\(server.place.port)/api/v1/health"
        // As a shell would run it: the number of arguments differs.
        let quoted = (["curl", "-sS", "--max-time", "10", "--cacert", certificate] + arguments + [url])
            .map { "'\($0)'" }.joined(separator: " ")
        return try await ToolRun("sh", "-c", quoted)
    }

    @Test("HTTP/2 where the client speaks it, HTTP/1.1 else, nothing before TLS 1.2")
    func versions() async throws {
        let files = try await Files()
        try await ServerUnderTest.serving(environment: files.environment) { server async throws in
            #expect(server.place.url.hasPrefix("https://"))
            for (flag, version) in [("--http2", "2"), ("--http1.1", "1.1")] {
                let run = try await curl(server, files, flag, "-w", "%{stderr}%{http_version}", "-i")
                #expect(run.code == 0 && run.errors == version, "\(run.errors)")
                let text = run.text.lowercased()
                #expect(text.contains("strict-transport-security: max-age="))
                #expect(text.contains("x-request-id: ") && text.contains("certificate_expires_at"))
            }
            #expect(try await curl(server, files, "--tlsv1.2", "--tls-max", "1.2").code == 0)
            #expect(try await curl(server, files, "--ciphers", "DEFAULT@SECLEVEL=0", "--tls-max", "1.1").code != 0)
            let posted = try await curl(
                server, files, "--http2", "-X", "POST", "-H", "Content-Type: application/json", "-d", "{}", "-w",
                "%{stderr}%{http_code}", "--url", "https://127.0.0.1:\(server.place.port)/troubleshoot", "-o",
                "/dev/null")
            #expect(posted.errors.hasPrefix("422"))

            // Another protocol on this port ends the connection, and no more.
            let plain = try await RawConnection(to: server.place)
            try await plain.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try await plain.waitForEnd()
            #expect(try await curl(server, files).code == 0)
        }
    }

    @Test("A stream of HTTP/2 has the limits of a request of HTTP/1.1")
    func streamLimits() async throws {
        let files = try await Files()
        var limits = FrontLimits()
        limits.bodyPatience = .milliseconds(800)
        limits.slowestBytesPerSecond = 5_000
        limits.tick = .milliseconds(20)
        let body = files.folder.path + "/body.ndjson"
        try Data(repeating: UInt8(ascii: "x"), count: 1 << 20).write(to: URL(fileURLWithPath: body))
        try await ServerUnderTest.serving(environment: files.environment, frontLimits: limits) { server async throws in
            let url = "https://127.0.0.1:\(server.place.port)"
            let status = ["--http2", "-w", "%{stderr}%{http_version} %{http_code}"]
            let path = "/" + String(repeating: "a", count: limits.maximumURIBytes)
            let long = try await curl(
                server, trusting: files.certificate, status + ["--url", url + path, "-o", "/dev/null"])
            #expect(long.errors.hasPrefix("2 414"), "\(long.errors)")
            #expect(long.text.contains("certificate_expires_at"), "the next stream of the connection is answered")
            // Some of the body at once, then hardly any, in two streams one after the other. The first one's reply has begun, so
            // it can only end.
            let slow = try await curl(
                server, trusting: files.certificate,
                [
                    "--http2", "-X", "POST", "-H", "Content-Type: application/x-ndjson", "--data-binary", "@" + body,
                    "--limit-rate", "200", "--url", url + "/api/v1/knowledge/bulk", "-o", "/dev/null",
                ])
            #expect(slow.errors.contains("was not closed cleanly"), "\(slow.errors)")
            let page = try await curl(server, trusting: files.certificate, ["--url", url + "/metrics"])
            #expect(page.text.contains(#"thermocline_connection_timeouts_total{phase="body"} 2"#))
        }
    }

    @Test("A new certificate is taken without a restart; one that is unfit is not, and says so")
    func reload() async throws {
        let files = try await Files()
        let first = try Data(contentsOf: URL(fileURLWithPath: files.certificate))
        let kept = files.folder.path + "/kept.pem"
        try first.write(to: URL(fileURLWithPath: kept))
        try await ServerUnderTest.serving(environment: files.environment) { server async throws in
            #expect(try await curl(server, trusting: kept).code == 0)
            // A certificate of another key: refused, and the first goes on.
            let right = try Data(contentsOf: URL(fileURLWithPath: files.key))
            try await files.renew(name: "second")
            let second = try Data(contentsOf: URL(fileURLWithPath: files.certificate))
            try right.write(to: URL(fileURLWithPath: files.key))
            try await until {
                try await curl(server, trusting: kept).text.contains(#""problem":"#)
            }
            let page = try await curl(
                server, trusting: kept, ["--url", "https://127.0.0.1:\(server.place.port)/metrics"])
            #expect(page.text.contains("thermocline_tls_certificate_refused 1"))

            // A pair that fits.
            try await files.renew(name: "third")
            let third = try Data(contentsOf: URL(fileURLWithPath: files.certificate))
            #expect(third != second)
            try await until { try await curl(server, files).code == 0 }
            let health = try await curl(server, files)
            #expect(!health.text.contains("problem"))
            #expect(try await curl(server, trusting: kept).code != 0)
        }
    }

    @Test("The server does not start with files that cannot be used")
    func unfitAtStart() async throws {
        let files = try await Files()
        try Data("no key".utf8).write(to: URL(fileURLWithPath: files.key))
        await #expect(throws: (any Error).self) { _ = try await ServerUnderTest(environment: files.environment) }
    }

    private func until(_ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(15)
        while try await !condition() {
            try #require(ContinuousClock.now < deadline, "it did not come to hold")
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
