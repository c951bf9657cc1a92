import Foundation
import Knowledge
import Logging
import NIOPosix
import TestSupport
import Testing
import WarmTier

/// Tiers on a real Redis, with answers to put into them.
enum WarmTierFixture {
    /// Well over the deadline of a question: a machine busy with other tests must not time out what is tested.
    static let patientTimeoutMilliseconds = 2_000

    static func address(of redis: RedisProcess, database: Int = 0) -> RedisAddress {
        RedisAddress(endpoint: .unixSocket(path: redis.socketPath), database: database)
    }

    static func configuration(
        _ address: RedisAddress, capacity: Int = 100, storeID: String = "store-1", encoder: String = "e1",
        timeoutMilliseconds: Int = patientTimeoutMilliseconds
    ) -> WarmTierConfiguration {
        WarmTierConfiguration(
            address: address, capacity: capacity, storeID: storeID, encoder: encoder,
            commandTimeoutMilliseconds: timeoutMilliseconds)
    }

    /// Runs `body` with a started tier, in use unless `waits` is false, and closes it.
    static func withTier(
        _ configuration: WarmTierConfiguration, timeSource: TimeSource = .system, waits: Bool = true,
        body: (WarmTier) async throws -> Void
    ) async throws {
        let tier = WarmTier(
            configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, timeSource: timeSource,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        tier.start()
        do {
            if waits { try await eventually("the tier is in use") { tier.health.isServing } }
            try await body(tier)
        } catch {
            await tier.close()
            throw error
        }
        await tier.close()
    }

    static func eventually(
        _ what: String, within limit: Duration = .seconds(10), _ condition: () async throws -> Bool
    ) async throws {
        let giveUpAt = ContinuousClock.now + limit
        while ContinuousClock.now < giveUpAt {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw TimedOut(what: what)
    }

    struct TimedOut: Error { let what: String }

    static func fingerprint(_ number: Int) -> Fingerprint {
        Fingerprint(high: UInt64(number) &* 0x9E37_79B9_7F4A_7C15, low: UInt64(number))
    }

    static func answer(
        _ number: Int, tenant: Tenant = .default, expiresInMilliseconds: Int64 = 600_000, byteCount: Int = 200
    ) -> Answer {
        let now = TimeSource.system.now()
        return Answer(
            tenant: tenant, fingerprint: fingerprint(number), key: QuestionKey(bytes: Array("q\(number)".utf8)),
            changeNumber: ChangeNumber(7), computedAt: now,
            expiresAt: now.adding(milliseconds: expiresInMilliseconds), quality: 0.75, resultCount: 3,
            itemsSearched: 1_000, fragment: Array(repeating: UInt8(truncatingIfNeeded: number), count: byteCount))
    }
}

extension WarmLookup {
    var answer: Answer? {
        if case .hit(let answer) = self { return answer }
        return nil
    }
    var isMiss: Bool {
        if case .miss = self { return true }
        return false
    }
    var unavailability: WarmUnavailable? {
        if case .unavailable(let reason) = self { return reason }
        return nil
    }
}
