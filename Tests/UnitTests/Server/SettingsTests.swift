import Foundation
import Logging
import Sealing
import Server
import TestSupport
import Testing

@Suite("Settings")
struct SettingsTests {
    @Test("Nothing set gives the documented defaults")
    func defaults() throws {
        let settings = try Settings(environment: [:])
        #expect(settings.host == "127.0.0.1")
        #expect(settings.port == 8000)
        #expect(settings.logLevel == .info)
        #expect(settings.hotCacheSize == 1_000)
        #expect(settings.hotCacheMaximumBytes == 64 << 20)
        #expect(settings.warmCacheSize == 10_000)
        #expect(settings.warmCacheTTL == .seconds(1_800))
        #expect(settings.hotAccessThreshold == 10)
        #expect(settings.warmAccessThreshold == 3)
        #expect(settings.recentAccessWindow == .seconds(300))
        #expect(settings.qualityThreshold == 0.8)
        #expect(settings.criticalKeywords.contains("production"))
        #expect(settings.commonPatterns == ["install", "setup", "config", "npm", "node", "package"])
        #expect(settings.redisURL == "redis://127.0.0.1:6379/0")
        #expect(settings.tenantCacheShare == 1)
        #expect(settings.snapshotInterval == .seconds(300))
        #expect(settings.dataDirectory == "data")
        #expect(settings.modelPath == ".thermocline/models/all-MiniLM-L6-v2-int8")
        #expect(settings.maximumQueryCharacters == 1_000)
        #expect(!settings.allowsAnonymous && !settings.requiresKeys)
        #expect(settings.semanticHits == .off)
        #expect(settings.semanticThreshold == 0.82)
        #expect(settings.semanticVerifyShare == 0.01)
        #expect(settings.falseHitRateMaximum == 0.01)
        #expect(settings.guardListsDirectory == "config/guard")
    }

    @Test(
        "A wrong value stops the start with one line naming variable, value and what is allowed",
        arguments: [
            ("PORT", "99999", "a whole number from 0 to 65535"),
            ("PORT", "-1", "a whole number from 0 to 65535"),
            ("TENANT_CACHE_SHARE", "0", "a number from 0.01 to 1.0"),
            ("SNAPSHOT_INTERVAL_SECONDS", "-1", "a whole number of seconds from 0 to 86400"),
            ("PORT", "http", "a whole number from 0 to 65535"),
            ("LOG_LEVEL", "loud", "one of trace, debug, info, notice, warning, error, critical"),
            ("ALLOW_ANONYMOUS", "maybe", "true or false"),
            ("API_KEY_REQUIRED", "2", "true or false"),
            ("MAX_QUERY_CHARACTERS", "0", "a whole number from 1 to 10000"),
            ("HOT_CACHE_SIZE", "-1", "a whole number from 0 to 10000000"),
            ("HOT_CACHE_SIZE", "1e3", "a whole number from 0 to 10000000"),
            (
                "HOT_CACHE_MAX_BYTES", "12",
                "a number of bytes from 65536 to 1099511627776, such as 67108864 or 64MiB"
            ),
            (
                "HOT_CACHE_MAX_BYTES", "9999999999999GiB",
                "a number of bytes from 65536 to 1099511627776, such as 67108864 or 64MiB"
            ),
            ("HOT_EVICTION_POLICY", "fifo", "one of lru, s3fifo, sieve"),
            ("WARM_CACHE_SIZE", "-5", "a whole number from 0 to 100000000"),
            ("WARM_CACHE_TTL_MINUTES", "0.5", "a whole number of minutes from 1 to 43200"),
            ("HOT_ACCESS_THRESHOLD", "0", "a whole number of questions from 1 to 1000000"),
            ("WARM_ACCESS_THRESHOLD", "three", "a whole number of questions from 1 to 1000000"),
            ("RECENT_ACCESS_WINDOW", "0", "a whole number of seconds from 1 to 604800"),
            ("QUALITY_THRESHOLD", "1.1", "a number from 0.0 to 1.0"),
            ("QUALITY_THRESHOLD", "nan", "a number from 0.0 to 1.0"),
            ("SEMANTIC_HITS", "on", "one of off, guarded"),
            ("SEMANTIC_THRESHOLD", "0.69", "a number from 0.7 to 1.0"),
            ("SEMANTIC_VERIFY_SHARE", "-1", "a number from 0.0 to 1.0"),
            ("FALSE_HIT_RATE_MAX", "1 %", "a number from 0.0 to 1.0"),
            ("CRITICAL_KEYWORDS", "[\"a\", 1]", "words separated by commas, or a JSON array of strings"),
            ("COMMON_PATTERNS", "[oops", "words separated by commas, or a JSON array of strings"),
            (
                "REDIS_URL", "localhost:6379",
                "redis://[[user]:password@]host[:port][/database], unix:///path/to/socket[?db=database], or off"
            ),
        ])
    func wrongValue(name: String, value: String, allowed: String) {
        let violation = #expect(throws: SettingsViolation.self) { try Settings(environment: [name: value]) }
        #expect(violation?.description == "\(name)=\(value) is not valid: \(allowed)")
        let listed = SettingDefinition.listing(environment: [name: value]).filter { $0.violation != nil }
        #expect(listed.map(\.definition.name) == [name])
    }

    @Test(
        "What looks unusual but is allowed is taken",
        arguments: [
            ("HOT_CACHE_MAX_BYTES", "2MiB"), ("HOT_CACHE_MAX_BYTES", "65536"), ("PORT", "0"),
            ("HOT_EVICTION_POLICY", "SIEVE"),
        ])
    func unusualValues(name: String, value: String) throws {
        _ = try Settings(environment: [name: value])
    }

    @Test("Bytes may be written with a unit")
    func byteUnits() throws {
        #expect(try Settings(environment: ["HOT_CACHE_MAX_BYTES": "2MiB"]).hotCacheMaximumBytes == 2 << 20)
        #expect(try Settings(environment: ["HOT_CACHE_MAX_BYTES": "1 GiB"]).hotCacheMaximumBytes == 1 << 30)
    }

    @Test("Words are read from a comma-separated list and from a JSON array alike")
    func words() throws {
        #expect(
            try Settings(environment: ["CRITICAL_KEYWORDS": "fire , flood,"]).criticalKeywords == ["fire", "flood"])
        #expect(
            try Settings(environment: ["CRITICAL_KEYWORDS": #"["fire","a, b"]"#]).criticalKeywords == ["fire", "a, b"])
    }

    @Test("A blank variable counts as not set")
    func blank() throws {
        #expect(try Settings(environment: ["PORT": "  "]).port == 8000)
    }

    @Test("The model lies in MODEL_CACHE_DIR unless MODEL_PATH says otherwise")
    func modelPath() throws {
        #expect(try Settings(environment: ["MODEL_CACHE_DIR": "/m"]).modelPath == "/m/all-MiniLM-L6-v2-int8")
        #expect(try Settings(environment: ["MODEL_CACHE_DIR": "/m", "MODEL_PATH": "/x"]).modelPath == "/x")
    }

    @Test("Redis can be switched off")
    func redisOff() throws {
        #expect(try Settings(environment: ["REDIS_URL": "off"]).redisURL == nil)
    }

    @Test(
        "An address that is not loopback is refused unless anonymous callers are allowed",
        arguments: ["0.0.0.0", "::", "192.168.1.4", "example.org", "127.evil.example", "127.0.0.1.example.org"])
    func publicAddress(host: String) throws {
        let violation = #expect(throws: SettingsViolation.self) { try Settings(environment: ["HOST": host]) }
        #expect(violation?.description.contains("ALLOW_ANONYMOUS=true") == true)
        _ = try Settings(environment: ["HOST": host, "ALLOW_ANONYMOUS": "true"])
        _ = try Settings(environment: ["HOST": host, "API_KEY_REQUIRED": "true"])
    }

    @Test("Keys that are required and callers that need none contradict each other")
    func contradictingAccess() {
        let violation = #expect(throws: SettingsViolation.self) {
            try Settings(environment: ["API_KEY_REQUIRED": "true", "ALLOW_ANONYMOUS": "true"])
        }
        #expect(violation?.name == "ALLOW_ANONYMOUS")
    }

    @Test("Loopback by any of its names is taken", arguments: ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
    func loopback(host: String) throws {
        #expect(try Settings(environment: ["HOST": host]).isLoopback)
    }

    @Test(
        "A password is never shown",
        arguments: [
            "redis://:s3cret@host:6379/0", "redis://user:s3cret@host", "redis://:s3cret@ho st",
            "redis://:a@s3cret/b@host:x", "unix:///run/redis.sock?password=s3cret&db=1", "nonsense://:s3cret@host",
        ])
    func passwords(url: String) {
        for listing in SettingDefinition.listing(environment: ["REDIS_URL": url]) {
            #expect(!listing.value.contains("s3cret"))
            #expect(listing.violation?.description.contains("s3cret") != true)
        }
    }

    @Test("Keys are read from the environment or a file, and never shown")
    func keys() throws {
        let (one, two) = (String(repeating: "5a", count: 32), String(repeating: "6b", count: 32))
        #expect(try Settings(environment: [:]).keyRing == nil)
        let ring = try Settings(environment: ["ENCRYPTION_KEY": one, "ENCRYPTION_OLD_KEYS": two]).keyRing
        #expect(
            ring == KeyRing(current: try #require(SealingKey(text: one)), old: [try #require(SealingKey(text: two))]))
        let directory = try TemporaryDirectory()
        let file = directory.path + "/keys"
        try Data("# new\n\(one)\n# old\n\(two)\n".utf8).write(to: URL(fileURLWithPath: file))
        #expect(try Settings(environment: ["ENCRYPTION_KEY_FILE": file]).keyRing == ring)
        for environment in [
            ["ENCRYPTION_KEY": one + "0"], ["ENCRYPTION_KEY": "\(one),\(two)"], ["ENCRYPTION_OLD_KEYS": two],
            ["ENCRYPTION_KEY": one, "ENCRYPTION_KEY_FILE": file], ["ENCRYPTION_KEY_FILE": file + "x"],
        ] {
            let violation = #expect(throws: SettingsViolation.self) { try Settings(environment: environment) }
            #expect(violation.map { "\($0)".contains(one) || "\($0)".contains(two) } == false)
        }
        for listing in SettingDefinition.listing(environment: ["ENCRYPTION_KEY": one, "ENCRYPTION_OLD_KEYS": two]) {
            #expect(!listing.value.contains(one) && !listing.value.contains(two))
        }
        #expect(!"\(try Settings(environment: ["ENCRYPTION_KEY": one]))".contains(one))
    }

    @Test("Help and README name every setting, and names and keys are unique")
    func listings() throws {
        let readme = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent().appending(path: "README.md"), encoding: .utf8)
        for definition in SettingDefinition.all {
            #expect(SettingDefinition.helpText.contains("  \(definition.name) "))
            #expect(readme.contains("`\(definition.name)"), "README.md does not name \(definition.name)")
        }
        #expect(Set(SettingDefinition.all.map(\.name)).count == SettingDefinition.all.count)
        #expect(Set(SettingDefinition.all.map(\.keyPath)).count == SettingDefinition.all.count)
    }

    @Test("Every default is a value that its own setting allows")
    func defaultsAreValid() {
        for definition in SettingDefinition.all where !definition.defaultText.isEmpty {
            let listing = SettingDefinition.listing(environment: [definition.name: definition.defaultText])
            #expect(listing.allSatisfy { $0.violation == nil })
        }
    }
}
