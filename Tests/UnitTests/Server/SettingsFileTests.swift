import Configuration
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
