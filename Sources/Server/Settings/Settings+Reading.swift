import Access
import Backup
public import Configuration
import Embedding
import Foundation
import Logging

extension Settings {
    /// The settings of this process's environment and of the file that it names; blocks.
    public static func fromEnvironment() throws -> Settings { try SettingsSource().load().settings }

    /// - Parameters:
    ///   - environment: variables by name; those that are no setting are ignored.
    ///   - files: sources that the environment wins over, keyed by `SettingDefinition.keyPath`, the first first.
    public init(environment: [String: String], files: [any ConfigProvider] = []) throws(SettingsViolation) {
        try self.init(SettingsReader(environment: environment, files: files))
    }

    init(_ reader: SettingsReader) throws(SettingsViolation) {
        host = try reader.text(.host)
        port = try reader.wholeNumber(.port)
        logLevel = try reader.choice(.logLevel)
        moduleLogLevels = try reader.levels(.logLevels)
        logFormat = try reader.choice(.logFormat)
        logsQuestions = try reader.onOff(.performanceLogging)
        spanCollector = try reader.httpURL(.spanCollector)
        traceShare = try reader.number(.traceShare)
        let slowMilliseconds = try reader.wholeNumber(.slowQuestion)
        slowQuestion = slowMilliseconds == 0 ? nil : .milliseconds(slowMilliseconds)
        allowsAnonymous = try reader.onOff(.allowAnonymous)
        requiresKeys = try reader.onOff(.requiresKeys)
        access = try AccessSettings(reader, requiresKeys: requiresKeys)
        let perMinute = try reader.wholeNumber(.rateLimitPerMinute)
        let burst = try reader.wholeNumber(.rateLimitBurst)
        rateLimit = perMinute == 0 ? nil : RateLimit(perMinute: perMinute, burst: burst)
        rateLimitMode = try reader.choice(.rateLimitMode)
        quotaPerMonth = try reader.wholeNumber(.quotaPerMonth)
        quotaOverrides = try reader.quotas(.quotaOverrides)
        maximumQueryCharacters = try reader.wholeNumber(.maximumQueryCharacters)
        maximumConnections = try reader.wholeNumber(.maximumConnections)
        idleTimeout = .seconds(try reader.wholeNumber(.serverTimeout))
        tls = try reader.tlsFiles()
        corsOrigins = try reader.origins(.corsOrigins)
        hotCacheSize = try reader.wholeNumber(.hotCacheSize)
        hotCacheMaximumBytes = try reader.wholeNumber(.hotCacheMaximumBytes)
        hotEvictionPolicy = try reader.choice(.hotEvictionPolicy)
        warmCacheSize = try reader.wholeNumber(.warmCacheSize)
        warmCacheTTL = .seconds(60 * (try reader.wholeNumber(.warmCacheTTL)))
        negativeTTL = .seconds(try reader.wholeNumber(.negativeTTL))
        staleIfError = .seconds(try reader.wholeNumber(.staleIfError))
        redisURL = try reader.redisURL(.redisURL)
        tenantCacheShare = try reader.number(.tenantCacheShare)
        snapshotInterval = .seconds(try reader.wholeNumber(.snapshotInterval))
        hotAccessThreshold = try reader.wholeNumber(.hotAccessThreshold)
        warmAccessThreshold = try reader.wholeNumber(.warmAccessThreshold)
        recentAccessWindow = .seconds(try reader.wholeNumber(.recentAccessWindow))
        qualityThreshold = try reader.number(.qualityThreshold)
        criticalKeywords = try reader.words(.criticalKeywords)
        commonPatterns = try reader.words(.commonPatterns)
        semanticHits = try reader.choice(.semanticHits)
        semanticThreshold = try reader.number(.semanticThreshold)
        semanticVerifyShare = try reader.number(.semanticVerifyShare)
        falseHitRateMaximum = try reader.number(.falseHitRateMaximum)
        guardListsDirectory = try reader.text(.guardListsDirectory)
        dataDirectory = try reader.text(.dataDirectory)
        keyRing = try reader.keyRing()
        encryptionOldKeys = try reader.sealingKeys(.encryptionOldKeys)
        encryptionKeyFile = try reader.optionalText(.encryptionKeyFile)
        exactScanItems = try reader.wholeNumber(.exactScanItems)
        coldIndexMemoryMiB = try reader.wholeNumber(.coldIndexMemory)
        backupDirectory = try reader.text(.backupDirectory)
        backupInterval = .seconds(60 * (try reader.wholeNumber(.backupInterval)))
        backupRetention = Retention(
            hourly: try reader.wholeNumber(.backupKeepHourly), daily: try reader.wholeNumber(.backupKeepDaily),
            weekly: try reader.wholeNumber(.backupKeepWeekly))
        modelCacheDirectory = try reader.text(.modelCacheDirectory)
        modelPath =
            try reader.optionalText(.modelPath) ?? modelCacheDirectory + "/" + Self.defaultModelName

        metricsRetentionHours = try reader.wholeNumber(.metricsRetention)
        healthCheckInterval = .seconds(try reader.wholeNumber(.healthCheckInterval))

        if let url = try reader.httpURL(.embeddingsURL) {
            remoteEncoder = RemoteEndpoint(
                url: url, model: try reader.text(.embeddingsModel), apiKey: try reader.optionalText(.embeddingsAPIKey),
                timeout: .seconds(try reader.wholeNumber(.embeddingsTimeout)),
                batchSize: try reader.wholeNumber(.embeddingsBatchSize))
        } else {
            remoteEncoder = nil
        }

        guard isLoopback || requiresKeys || allowsAnonymous else {
            throw SettingsViolation(
                .host, value: host,
                allowed: "a loopback address such as 127.0.0.1 or ::1, unless API_KEY_REQUIRED=true, or "
                    + "ALLOW_ANONYMOUS=true: callers need no key, so whoever reaches the address may do everything")
        }
        guard !(requiresKeys && allowsAnonymous) else {
            throw SettingsViolation(
                .allowAnonymous, value: "true",
                allowed: "false where API_KEY_REQUIRED=true: who has no key is not answered")
        }
    }
}
