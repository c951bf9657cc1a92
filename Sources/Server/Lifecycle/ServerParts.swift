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
import WarmTier

/// Everything that requests are answered with, wired once at the start.
struct ServerParts: Sendable {
    let settings: Settings
    let stack: TierStack
    let lookup: Lookup
    let ingest: Ingest
    let reembedding: Reembedding
    /// Where the configured encoder is had; `nil` for one that the settings do not name.
    let encoderPlace: String?
    let snapshots: HotSnapshots
    let backups: Backups
    let adminWork: AdminWork
    let warmUp: WarmUp
    let access: AccessStore
    let inFlight: RequestsInFlight
    let sampler: CounterSampler
    let startedAt: Timestamp
    let logger: Logger

    /// Opens the tiers from the bottom up.
    ///
    /// The encoder comes first, for what cold and warm hold belongs to it; a server without one starts all the
    /// same and answers by words.
    ///
    /// - Parameter load: makes the encoder; `nil` for the one that the settings name.
    static func open(
        _ settings: Settings, loadEncoder load: EncoderSlot.Load? = nil, logger: Logger
    ) async throws(StartError) -> ServerParts {
        // First of all, for it needs nothing and may stop the start.
        let semantic = try await SemanticHits.load(settings)
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
                    indexMemoryBytes: settings.coldIndexMemoryMiB == 0 ? nil : settings.coldIndexMemoryMiB << 20))
            let opened = cold
            try await encoder.prepare { try await prepare($0, for: opened, settings) }
        } catch {
            if case ColdError.locked(_, let owner) = error { throw .inUse(owner: owner, "\(error)") }
            throw .failed("\(error)")
        }
        // Behind cold, which holds the directory's lock.
        let access: AccessStore
        do {
            access = try await AccessStore.open(directory: settings.dataDirectory)
        } catch {
            await cold.close()
            throw .failed("\(error)")
        }
        if let coming = encoder.coming?.identity, let serving = encoder.identity {
            logger.notice("\(serving.name) answers until every item is embedded by \(coming.name)")
        } else if cold.statistics().itemsWithoutVector > 0 {
            logger.notice("Items without a vector of the encoder are found by their words until they are embedded")
        }
        let warm = try warmTier(settings, storeID: cold.storeID, encoder: encoder.identity, logger: logger)
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
            stack, settings, access: access, encoderPlace: load == nil ? EncoderPlace(settings).text : nil, logger)
    }

    private init(
        _ stack: TierStack, _ settings: Settings, access: AccessStore, encoderPlace: String?, _ logger: Logger
    ) {
        self.access = access
        self.settings = settings
        self.stack = stack
        self.logger = logger
        lookup = Lookup(stack)
        ingest = Ingest(cold: stack.cold, encoder: stack.encoder)
        self.encoderPlace = encoderPlace
        reembedding = Reembedding(stack, place: encoderPlace)
        snapshots = HotSnapshots(stack, directory: settings.dataDirectory, logger: logger)
        backups = Backups(
            of: stack.cold, in: BackupFolder(settings.backupDirectory), seal: settings.backupSealer,
            keeping: settings.backupRetention, version: Wording.version)
        adminWork = AdminWork(backups, time: stack.time, logger: logger)
        let inFlight = RequestsInFlight()
        self.inFlight = inFlight
        warmUp = WarmUp(lookup) { inFlight.isClosed }
        sampler = CounterSampler { stack.tierCounts }
        startedAt = stack.time.now()
    }

    /// `nil` when callers need no key.
    var authenticator: Authenticator? { settings.requiresKeys ? Authenticator(keys: access.keys) : nil }

    private static func loadEncoder(_ settings: Settings) async throws(EncoderError) -> any Encoder {
        if let remote = settings.remoteEncoder { return try await RemoteEncoder.load(remote) }
        let encoder = try await OpenVINOEncoder.load(
            ModelLocation(modelPath: settings.modelPath, cacheFolder: settings.modelCacheDirectory))
        // In the background, so that the start does not wait; a failure shows with the first question.
        Task { try? await encoder.warmUp() }
        return encoder
    }

    private static func warmTier(
        _ settings: Settings, storeID: String, encoder: EncoderIdentity?, logger: Logger
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
                expiredKeptMilliseconds: Int64(settings.staleIfError.milliseconds)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, timeSource: .system, logger: logger)
    }

    /// Ends the tiers, once no request uses them, in the order in which they lean on each other.
    func close() async {
        await adminWork.close()
        await stack.warm.close()
        await stack.encoder.close()
        await access.close()
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
