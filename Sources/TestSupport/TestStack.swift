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

    /// Longer than in production: tests share the machine with one another.
    public static let patientWarmAllowance = Duration.seconds(2)
    public static let expiredKeptMilliseconds: Int64 = 300_000

    /// - Parameters:
    ///   - redis: `nil` for an address where nothing listens.
    ///   - encoder: `nil` for a server without a model.
    ///   - warmAllowance: what a question may spend on Redis.
    ///   - uniform: as in `EarlyRefresh`; by default nothing is refreshed early.
    public convenience init(
        redis: RedisProcess?, encoder: (any Encoder)?, hotCapacity: Int = 1_000, warmCapacity: Int = 10_000,
        rules: RoutingRules = RoutingRules(), semantic: SemanticHits? = nil, directory: TemporaryDirectory? = nil,
        warmAllowance: Duration = TestStack.patientWarmAllowance,
        expiredKeptMilliseconds: Int64 = TestStack.expiredKeptMilliseconds,
        uniform: @escaping @Sendable () -> Double = { 0 }
    ) async throws {
        try await self.init(
            redis: redis, hotCapacity: hotCapacity, warmCapacity: warmCapacity, rules: rules, semantic: semantic,
            directory: directory, warmAllowance: warmAllowance, expiredKeptMilliseconds: expiredKeptMilliseconds,
            uniform: uniform
        ) { () async throws(EncoderError) -> any Encoder in
            guard let encoder else { throw .modelMissing(path: "nowhere") }
            return encoder
        }
    }

    /// - Parameter loadEncoder: as in `EncoderSlot`.
    public init(
        redis: RedisProcess?, hotCapacity: Int = 1_000, warmCapacity: Int = 10_000,
        rules: RoutingRules = RoutingRules(), semantic: SemanticHits? = nil, directory: TemporaryDirectory? = nil,
        warmAllowance: Duration = TestStack.patientWarmAllowance,
        expiredKeptMilliseconds: Int64 = TestStack.expiredKeptMilliseconds,
        uniform: @escaping @Sendable () -> Double = { 0 },
        loadEncoder: @escaping EncoderSlot.Load
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
                encoder: slot.identity?.fingerprint ?? "",
                commandTimeoutMilliseconds: Int(warmAllowance / .milliseconds(1)),
                expiredKeptMilliseconds: expiredKeptMilliseconds),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, timeSource: clock.timeSource, logger: logger)
        warm.start()
        tiers = TierStack(
            hot: HotTier(
                capacity: hotCapacity, maximumBytes: 64 << 20, expiredKeptMilliseconds: expiredKeptMilliseconds,
                findsSimilar: semantic != nil),
            warm: warm, cold: cold, encoder: slot,
            rules: rules, semantic: semantic, time: clock.timeSource, answerLifetimeMilliseconds: 30 * 60_000,
            warmAllowance: warmAllowance, uniform: uniform)
        lookup = Lookup(tiers)
        ingest = Ingest(cold: cold, encoder: slot)
    }

    public func close() async {
        await tiers.warm.close()
        await tiers.cold.close()
    }
}
