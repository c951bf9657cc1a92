import Foundation
import TestSupport
import Testing

/// The shipped configuration of Prometheus and Grafana, held against promtool and a real scrape.
@Suite("Prometheus and Grafana")
struct PrometheusTests {
    private static let program = "/usr/bin/promtool"
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "config")

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }

    /// What promtool (Debian's package prometheus) ended with and printed.
    private static func promtool(_ arguments: [String], input: String = "") async throws -> (
        code: Int32, output: String
    ) {
        let directory = try TemporaryDirectory()
        try input.write(toFile: directory.path + "/in", atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder.appending(path: "prometheus")
        process.standardInput = FileHandle(forReadingAtPath: directory.path + "/in")
        try Data().write(to: URL(fileURLWithPath: directory.path + "/out"))
        let output = FileHandle(forWritingAtPath: directory.path + "/out")
        process.standardOutput = output
        process.standardError = output
        let (ended, end) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        for await _ in ended {}
        return (
            process.terminationStatus,
            String(decoding: FileManager.default.contents(atPath: directory.path + "/out") ?? Data(), as: UTF8.self)
        )
    }

    /// One line of a scrape.
    private struct Sample {
        let name: String
        let labels: [String: String]

        /// `name` or `name{label="value",…} value`; values with escapes do not occur in what is compared.
        init(_ line: Substring) {
            name = String(line.prefix { $0 != "{" && $0 != " " })
            labels = Dictionary(
                line.matches(of: /(\w+)="([^"]*)"/).map { (String($0.1), String($0.2)) }, uniquingKeysWith: { $1 })
        }
    }

    /// Samples of a server with all parts, some questions and a write behind it.
    private static func scrape() async throws -> String {
        let redis = try await RedisProcess()
        return try await ServerUnderTest.serving(redis: redis) { server async throws in
            _ = try await server.post("/api/v1/knowledge", #"{"issue":"disk is full","resolution":"Make room."}"#)
            for _ in 0..<4 { #expect(try await server.ask("the disk is full").status == 200) }
            return try await server.get("/api/v1/metrics").text
        }
    }

    private static func samples(_ scrape: String) -> [Sample] {
        scrape.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { Sample($0) }
    }

    private static func names(in text: String) -> Set<String> {
        Set(text.matches(of: /\b(?:thermocline|process)_[a-z0-9_]+/).map { String($0.0) })
    }

    private static func dashboardExpressions() throws -> [String] {
        let json = try JSONSerialization.jsonObject(with: Data(try text("grafana/dashboards/thermocline.json").utf8))
        let panels = try #require((json as? [String: Any])?["panels"] as? [[String: Any]])
        return panels.flatMap { $0["targets"] as? [[String: Any]] ?? [] }.compactMap { $0["expr"] as? String }
    }

    @Test("The rules are well-formed, and raise alerts when they should and only then")
    func rules() async throws {
        for arguments in [
            ["check", "rules", "rules.yml"], ["check", "config", "--syntax-only", "prometheus.yml"],
            ["test", "rules", "rules.test.yml"],
        ] {
            let (code, output) = try await Self.promtool(arguments)
            #expect(code == 0, "\(output)")
        }
    }

    @Test("A scrape is what Prometheus reads, and has every metric that rules, their tests and the dashboard name")
    func scrapeHasAll() async throws {
        let scrape = try await Self.scrape()
        let (code, output) = try await Self.promtool(["check", "metrics"], input: scrape)
        #expect(code == 0 && output.isEmpty, "\(output)")
        let samples = Self.samples(scrape)
        let families = Set(samples.map(\.name))
        let named = Self.names(in: try Self.text("prometheus/rules.yml"))
            .union(Self.names(in: try Self.text("grafana/dashboards/thermocline.json")))
        #expect(named.count > 30)
        for name in named {
            #expect(families.contains(name) || families.contains(name + "_bucket"), "no scrape has \(name)")
        }
        // What Prometheus adds itself is in no scrape.
        for line in try Self.text("prometheus/rules.test.yml").matches(of: /series: (thermocline_.*)/) {
            let wanted = Sample(line.1)
            let labels = wanted.labels.filter { !["job", "instance"].contains($0.key) }
            #expect(
                samples.contains { sample in
                    sample.name == wanted.name && labels.allSatisfy { sample.labels[$0.key] == $0.value }
                },
                "no scrape has \(line.1)")
        }
    }

    @Test("Every expression of the dashboard is one that Prometheus understands")
    func expressions() async throws {
        let expressions = try Self.dashboardExpressions()
        #expect(expressions.count > 40)
        let rules = expressions.enumerated().map { place, expression in
            [
                "record": "check:expression:\(place)",
                "expr": expression.replacing("$__rate_interval", with: "5m").replacing("$instance", with: ".+"),
            ]
        }
        let directory = try TemporaryDirectory()
        let file = directory.path + "/rules.json"
        // Rules are YAML, which JSON is, but for slashes that are escaped.
        try JSONSerialization.data(
            withJSONObject: ["groups": [["name": "g", "rules": rules]]], options: .withoutEscapingSlashes
        )
        .write(to: URL(filePath: file))
        let (code, output) = try await Self.promtool(["check", "rules", file])
        #expect(code == 0, "\(output)")
    }
}
