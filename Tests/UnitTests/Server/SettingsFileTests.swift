import Configuration
import Foundation
import Server
import Testing

@Suite("Settings from a file")
struct SettingsFileTests {
    private let file = InMemoryProvider(values: [
        ["hybrid_system", "hot_cache", "max_size"]: 77,
        ["hybrid_system", "routing", "common_patterns"]: .init(.stringArray(["brew", "apt"]), isSecret: false),
        ["hybrid_system", "routing", "quality_threshold"]: 0.5,
    ])

    @Test("A file's keys stand for the same settings as the variables")
    func keys() throws {
        let settings = try Settings(environment: [:], files: [file])
        #expect(settings.hotCacheSize == 77)
        #expect(settings.commonPatterns == ["brew", "apt"])
        #expect(settings.qualityThreshold == 0.5)
    }

    @Test("The environment wins over a file, a file over the default")
    func order() throws {
        let settings = try Settings(environment: ["HOT_CACHE_SIZE": "5"], files: [file])
        #expect(settings.hotCacheSize == 5)
        let listing = SettingDefinition.listing(environment: ["HOT_CACHE_SIZE": "5"], files: [file])
        func source(_ name: String) -> String? { listing.first { $0.definition.name == name }?.source }
        #expect(source("HOT_CACHE_SIZE") == "environment")
        #expect(source("QUALITY_THRESHOLD") == "file")
        #expect(source("PORT") == "default")
    }

    @Test("A wrong value of a file is named by its variable")
    func wrongValue() {
        let file = InMemoryProvider(values: [["server", "port"]: 70_000])
        let violation = #expect(throws: SettingsViolation.self) { try Settings(environment: [:], files: [file]) }
        #expect(violation?.description == "PORT=70000 is not valid: a whole number from 0 to 65535")
    }
}

@Suite("A configuration file in YAML")
struct SettingsYAMLTests {
    private func settings(_ text: String, environment: [String: String] = [:]) throws -> LoadedSettings {
        try LoadedSettings(environment: environment, file: SettingsFile(path: "a.yaml", text: text))
    }

    private func refusal(_ text: String) -> String? {
        do {
            _ = try settings(text)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("Sections within sections, lists for words, and keys left empty")
    func form() throws {
        let loaded = try settings(
            """
            # how much is kept
            hybrid_system:
              hot_cache: {max_size: 77, max_bytes: 2MiB}
              routing:
                critical_keywords: [fire, "no, water"]
                common_patterns: brew, apt
                quality_threshold: ~
            security: {allow_anonymous: yes}
            server:
            """)
        #expect(loaded.settings.hotCacheSize == 77)
        #expect(loaded.settings.hotCacheMaximumBytes == 2 << 20)
        #expect(loaded.settings.criticalKeywords == ["fire", "no, water"])
        #expect(loaded.settings.commonPatterns == ["brew", "apt"])
        #expect(loaded.settings.qualityThreshold == 0.8)
        #expect(loaded.settings.allowsAnonymous)
        #expect(try settings("").settings.port == 8000)
    }

    @Test("The environment wins")
    func environment() throws {
        #expect(try settings("server: {port: 9000}", environment: ["PORT": "9001"]).settings.port == 9001)
    }

    @Test(
        "What is wrong is refused with file, line and key",
        arguments: [
            ("server:\n  prot: 9000\n", "a.yaml: line 2: server.prot is no setting"),
            ("server:\n  port: 70000\n", "a.yaml: line 2: server.port: PORT=70000 is not valid"),
            ("server: 9000\n", "a.yaml: line 1: server is a section, not a setting"),
            ("server:\n  port: {a: 1}\n", "a.yaml: line 2: server.port takes a value or a list"),
            ("server: {port: 1\n", "a.yaml: is not YAML"),
            ("server: {port: 1}\nserver: {port: 2}\n", "a.yaml: is not YAML"),
            ("- server\n", "a.yaml: is no mapping"),
        ])
    func refused(text: String, message: String) throws {
        let line = try #require(refusal(text))
        #expect(line.contains(message), "\(line)")
        #expect(!line.contains("\n"))
    }

    @Test("A running server takes live settings of a new file, and names those that wait")
    func taking() throws {
        let present = try settings("server: {port: 9000}\nhybrid_system: {hot_cache: {max_size: 10}}")
        let file = try SettingsFile(
            path: "a.yaml", text: "server: {port: 9001}\nhybrid_system: {hot_cache: {max_size: 20}}")
        let (next, waiting) = try present.taking(file)
        #expect(next.settings.port == 9000)
        #expect(next.settings.hotCacheSize == 20)
        #expect(waiting.map(\.name) == ["PORT"])
        #expect(next.changes(from: present).map(\.definition.name) == ["HOT_CACHE_SIZE"])
        let invalid = try SettingsFile(
            path: "a.yaml", text: "server: {port: x}\nhybrid_system: {hot_cache: {max_size: 20}}")
        #expect(throws: SettingsViolation.self) { try present.taking(invalid) }
    }
}

@Suite("The configuration files that are shipped")
struct SettingsTemplateTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "config")

    @Test(
        "They are what `thermocline config template` prints",
        arguments: [SettingsTemplate.Purpose.production, .development])
    func shipped(purpose: SettingsTemplate.Purpose) throws {
        let file = try String(contentsOf: Self.folder.appending(path: purpose.rawValue + ".yaml"), encoding: .utf8)
        #expect(file == SettingsTemplate(purpose).text, "thermocline config template \(purpose.rawValue) > config/…")
    }

    @Test("Each names every setting with its default, and is valid", arguments: SettingsTemplate.Purpose.allCases)
    func valid(purpose: SettingsTemplate.Purpose) throws {
        let text = SettingsTemplate(purpose).text
        for definition in SettingDefinition.all { #expect(text.contains("# \(definition.name): ")) }
        let loaded = try LoadedSettings(environment: [:], file: SettingsFile(path: "a.yaml", text: text))
        #expect(loaded.settings.requiresKeys == (purpose == .production))
        // With nothing commented out either: each line is where its setting belongs.
        let whole = text.replacing(/(?m)^( *)# ([a-z_]+:.*)$/) { "\($0.output.1)\($0.output.2)" }
        let file = try SettingsFile(path: "b.yaml", text: whole)
        let listing = SettingDefinition.listing(environment: [:], files: [file.provider])
        for setting in listing where !setting.definition.defaultText.isEmpty {
            #expect(setting.source == "file", "\(setting.definition.name)")
        }
    }

    @Test("What to watch is said of settings that there are")
    func watch() {
        let known = Set(SettingDefinition.all.map(\.keyPath))
        #expect(Set(SettingsTemplate.watch.keys).isSubset(of: known))
    }
}
