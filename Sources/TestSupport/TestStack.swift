import ColdTier
public import Embedding
import Foundation
import HotTier
import Knowledge
import Logging
import NIOPosix
public import Pipeline
public import Routing
import WarmTier

/// A whole stack of tiers with real parts, in a folder of its own that goes with it.
public final class TestStack: Sendable {
    public let directory: TemporaryDirectory
    public let redis: RedisProcess?
    public let clock: ManualClock
    public let tiers: TierStack
    public let lookup: Lookup
    public let ingest: Ingest

    /// - Parameters:
    ///   - redis: `nil` for an address where nothing listens.
    ///   - encoder: `nil` for a server without a model.
    public convenience init(
        redis: RedisProcess?, encoder: (any Encoder)?, hotCapacity: Int = 1_000, warmCapacity: Int = 10_000,
        rules: RoutingRules = RoutingRules(), semantic: SemanticHits? = nil, directory: TemporaryDirectory? = nil
    ) async throws {
        try await self.init(
            redis: redis, hotCapacity: hotCapacity, warmCapacity: warmCapacity, rules: rules, semantic: semantic,
            directory: directory
        ) { () async throws(EncoderError) -> any Encoder in
            guard let encoder else { throw .modelMissing(path: "nowhere") }
            return encoder
        }
    }

    /// - Parameter loadEncoder: as in `EncoderSlot`.
    public init(
        redis: RedisProcess?, hotCapacity: Int = 1_000, warmCapacity: Int = 10_000,
        rules: RoutingRules = RoutingRules(), semantic: SemanticHits? = nil, directory: TemporaryDirectory? = nil,
        loadEncoder: @escaping @Sendable () async throws(EncoderError) -> any Encoder
    ) async throws {
        self.directory = try directory ?? TemporaryDirectory()
        self.redis = redis
        // Begins now, because Redis ends what expires by its own clock.
        clock = ManualClock(at: TimeSource.system.now())
        let slot = await EncoderSlot(load: loadEncoder)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let cold = try await ColdTier.open(
            ColdTierConfiguration(
                directory: self.directory.path, encoder: slot.identity, timeSource: clock.timeSource,
                logger: logger))
        let socketPath = redis?.socketPath ?? self.directory.path + "/nothing-listens-here"
        let warm = WarmTier(
            configuration: WarmTierConfiguration(
                address: RedisAddress(endpoint: .unixSocket(path: socketPath)), capacity: warmCapacity,
                storeID: cold.storeID,
                encoder: slot.identity?.fingerprint ?? "", commandTimeoutMilliseconds: 2_000),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, timeSource: clock.timeSource, logger: logger)
        warm.start()
        tiers = TierStack(
            hot: HotTier(capacity: hotCapacity, maximumBytes: 64 << 20, findsSimilar: semantic != nil), warm: warm,
            cold: cold, encoder: slot, rules: rules, semantic: semantic, time: clock.timeSource,
            answerLifetimeMilliseconds: 30 * 60_000,
            // Longer than in production: tests share the machine with one another.
            warmAllowance: .seconds(2))
        lookup = Lookup(tiers)
        ingest = Ingest(cold: cold, encoder: slot)
    }

    public func close() async {
        await tiers.warm.close()
        await tiers.cold.close()
    }
}
