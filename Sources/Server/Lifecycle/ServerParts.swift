import Access
import Backup
import ColdTier
import Embedding
import HotTier
import Knowledge
import Logging
import NIOPosix
import Pipeline
import Routing
import Sealing
import WarmTier

/// Everything that requests are answered with, wired once at the start.
struct ServerParts: Sendable {
    let live: LiveSettings
    let settingsChange: SettingsChange
    let stack: TierStack
    let lookup: Lookup
    let ingest: Ingest
    let reembedding: Reembedding
    /// Where the configured encoder is had; `nil` for one that the settings do not name.
    let encoderPlace: String?
    let snapshots: HotSnapshots
    let backups: Backups
    let adminWork: AdminWork
    let keyChange: KeyChange
    let warmUp: WarmUp
    let access: AccessParts
    /// `nil` where callers need no key: then all are one, on this machine.
    let limits: CallerLimits?
    let inFlight: RequestsInFlight
    let front: Front
    let sampler: CounterSampler
    let tenantSampler: TenantSampler
    let history: MetricsHistory
    let slowQuestions: SlowQuestions
    let healthWatch: HealthWatch
    let http = HTTPMetrics()
    let disk: DiskSpace
    let healthLog: HealthLog
    let startedAt: Timestamp
    let logger: Logger
    /// What `logger` writes to; `nil` where that is not the server's.
    let log: ServerLog?
    let questionLog: QuestionLog
    /// `nil` when nobody collects spans.
    let spans: SpanExporter?

    /// Opens the tiers from the bottom up.
    ///
    /// The encoder comes first, for what cold and warm hold belongs to it; a server without one starts all the
    /// same and answers by words.
    ///
    /// - Parameters:
    ///   - sources: what the settings were read from; `nil` where they will not change.
    ///   - load: makes the encoder; `nil` for the one that the settings name.
    ///   - log: what `logger` writes to; `nil` where that is not the server's.
    static func open(
        _ settings: Settings, sources: LoadedSettings? = nil, loadEncoder load: EncoderSlot.Load? = nil,
        frontLimits: FrontLimits = FrontLimits(), logger: Logger,
        log: ServerLog? = nil
    ) async throws(StartError) -> ServerParts {
        // First of all, for they need nothing and may stop the start.
        let semantic = try await SemanticHits.load(settings)
        let front = try Front(settings, limits: frontLimits, logger: logger)
        let ofSettings: EncoderSlot.Load = { () async throws(EncoderError) -> any Encoder in
            try await loadEncoder(settings)
        }
        let encoder = await EncoderSlot(load: load ?? ofSettings)
        if case .unavailable(let error) = encoder.status {
            logger.warning("There is no encoder, so questions are answered by their words: \(error)")
        }
        let cold: ColdTier
        do {
            cold = try await ColdTier.open(
                ColdTierConfiguration(
                    directory: settings.dataDirectory, encoder: nil, logger: logger,
                    exactScanItems: settings.exactScanItems,
                    indexMemoryBytes: settings.coldIndexMemoryMiB == 0 ? nil : settings.coldIndexMemoryMiB << 20,
                    keyRing: settings.keyRing))
            let opened = cold
            try await encoder.prepare { try await prepare($0, for: opened, settings) }
        } catch {
            if case ColdError.locked(_, let owner) = error { throw .inUse(owner: owner, "\(error)") }
            throw .failed("\(error)")
        }
        // Behind cold, which holds the directory's lock.
        let access: AccessParts
        do {
            access = try await AccessParts.open(settings)
        } catch {
            await cold.close()
            throw error
        }
        if let coming = encoder.coming?.identity, let serving = encoder.identity {
            logger.notice("\(serving.name) answers until every item is embedded by \(coming.name)")
        } else if cold.statistics().itemsWithoutVector > 0 {
            logger.notice("Items without a vector of the encoder are found by their words until they are embedded")
        }
        if let recoding = cold.textRecoding, recoding.work != .compressing, let key = cold.sealingKey {
            logger.notice("Texts are being sealed by key \(key) in the background; /health tells how far it is")
        }
        let sealers = settings.keyRing.map { AnswerSealers($0) }
        let warm = try warmTier(
            settings, storeID: cold.storeID, encoder: encoder.identity, sealer: sealers?.warm, logger: logger)
        warm.start()
        let stack = TierStack(
            hot: HotTier(
                capacity: settings.hotCacheSize, maximumBytes: settings.hotCacheMaximumBytes,
                policy: settings.hotEvictionPolicy,
                expiredKeptMilliseconds: Int64(settings.staleIfError.milliseconds),
                tenantShare: settings.tenantCacheShare, findsSimilar: semantic != nil),
            warm: warm, cold: cold, encoder: encoder, rules: RoutingRules(settings), semantic: semantic,
            answerLifetimeMilliseconds: Int64(settings.warmCacheTTL.milliseconds),
            negativeLifetimeMilliseconds: Int64(settings.negativeTTL.milliseconds))
        return ServerParts(
            stack, LiveSettings(settings, sources: sources), front, access: access, sealers: sealers,
            encoderPlace: load == nil ? EncoderPlace(settings).text : nil, logger, log)
    }

    /// Makes spans of requests, where somebody collects them.
    var tracer: SpanTracer? { spans.map { SpanTracer(share: settings.traceShare, export: $0.take) } }

    /// The settings in force now. A request takes them once.
    var settings: Settings { live.now }

    private init(
        _ stack: TierStack, _ live: LiveSettings, _ front: Front, access: AccessParts, sealers: AnswerSealers?,
        encoderPlace: String?, _ logger: Logger, _ log: ServerLog?
    ) {
        self.front = front
        self.access = access
        let limits =
            live.now.requiresKeys
            ? CallerLimits(
                live.now, access: access.store, storeID: stack.cold.storeID, time: stack.time, logger: logger) : nil
        self.limits = limits
        self.live = live
        settingsChange = SettingsChange(
            live, stack, limits, audit: access.audit, logger: logger, changeLog: { log?.change($0) })
        self.stack = stack
        self.logger = logger
        self.log = log
        questionLog = QuestionLog(logger: logger)
        spans = live.now.spanCollector.map { SpanExporter(endpoint: $0, logger: logger) }
        lookup = Lookup(stack)
        ingest = Ingest(cold: stack.cold, encoder: stack.encoder)
        self.encoderPlace = encoderPlace
        reembedding = Reembedding(stack, place: encoderPlace)
        snapshots = HotSnapshots(
            stack, directory: live.now.dataDirectory, sealer: sealers?.snapshot, logger: logger)
        keyChange = KeyChange(
            cold: stack.cold, warm: stack.warm, snapshots: snapshots, sealers: sealers, settings: live.now)
        backups = Backups(
            of: stack.cold, in: BackupFolder(live.now.backupDirectory), keeping: live.now.backupRetention,
            version: Wording.version)
        adminWork = AdminWork(backups, time: stack.time, logger: logger)
        let inFlight = RequestsInFlight()
        self.inFlight = inFlight
        warmUp = WarmUp(lookup) { inFlight.isClosed }
        sampler = CounterSampler { stack.tierCounts }
        tenantSampler = TenantSampler(tenants: { stack.metrics.countedTenants }, read: { stack.counts(of: $0) })
        let slowQuestions = SlowQuestions()
        self.slowQuestions = slowQuestions
        history = MetricsHistory(
            hours: live.now.metricsRetentionHours, time: stack.time, read: { stack.counterReading },
            fill: { await stack.fill() }, eachMinute: { slowQuestions.forgetOld(at: $0) })
        let healthLog = HealthLog(logger: logger)
        self.healthLog = healthLog
        let parts = PartChecks(
            stack: stack, reembedding: reembedding, limits: limits, isWarmEnabled: live.now.redisURL != nil,
            log: healthLog)
        healthWatch = HealthWatch(every: live.now.healthCheckInterval) { await parts.run() }
        disk = DiskSpace(path: live.now.dataDirectory)
        startedAt = stack.time.now()
    }

    private static func loadEncoder(_ settings: Settings) async throws(EncoderError) -> any Encoder {
        if let remote = settings.remoteEncoder { return try await RemoteEncoder.load(remote) }
        let encoder = try await OpenVINOEncoder.load(
            ModelLocation(modelPath: settings.modelPath, cacheFolder: settings.modelCacheDirectory))
        // In the background, so that the start does not wait; a failure shows with the first question.
        Task { try? await encoder.warmUp() }
        return encoder
    }

    private static func warmTier(
        _ settings: Settings, storeID: String, encoder: EncoderIdentity?, sealer: LiveSealer?, logger: Logger
    ) throws(StartError) -> WarmTier {
        let address: RedisAddress
        do {
            address =
                try settings.redisURL.map { url throws(RedisAddressError) in try RedisAddress(url: url) }
                ?? RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: RedisAddress.defaultPort))
        } catch {
            throw .failed("REDIS_URL: \(error)")
        }
        return WarmTier(
            configuration: WarmTierConfiguration(
                address: address, capacity: settings.redisURL == nil ? 0 : settings.warmCacheSize, storeID: storeID,
                encoder: encoder?.fingerprint ?? "",
                expiredKeptMilliseconds: Int64(settings.staleIfError.milliseconds),
                tenantShare: settings.tenantCacheShare, sealer: sealer),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, timeSource: .system, logger: logger)
    }

    /// Ends the tiers, once no request uses them, in the order in which they lean on each other.
    func close() async {
        await adminWork.close()
        await stack.warm.close()
        await stack.encoder.close()
        await limits?.close()
        await access.store.close()
        await stack.cold.close()
    }
}

extension RoutingRules {
    init(_ settings: Settings) {
        self.init(
            hotAccessThreshold: settings.hotAccessThreshold, warmAccessThreshold: settings.warmAccessThreshold,
            recentAccessWindowMilliseconds: Int64(settings.recentAccessWindow.milliseconds),
            qualityThreshold: settings.qualityThreshold, criticalKeywords: KeywordSet(settings.criticalKeywords),
            commonPatterns: KeywordSet(settings.commonPatterns))
    }
}
