import Foundation
import Knowledge
import TestSupport
import Testing
import WarmTier

private typealias Fixture = WarmTierFixture

@Suite("What the warm tier keeps in Redis")
struct WarmTierStorageTests {
    @Test("An answer comes back as it was admitted, and what was not admitted is a miss")
    func roundTrip() async throws {
        let redis = try await RedisProcess()
        try await Fixture.withTier(Fixture.configuration(Fixture.address(of: redis))) { tier in
            let answer = Fixture.answer(1, byteCount: 200_000)
            #expect(await tier.admit(answer) == .admitted(evicted: 0))
            let found = try #require(await tier.get(answer.fingerprint, tenant: .default).answer)
            #expect(found.fragment == answer.fragment && found.key == answer.key)
            #expect(found.expiresAt == answer.expiresAt && found.changeNumber == answer.changeNumber)
            #expect(await tier.get(Fixture.fingerprint(2), tenant: .default).isMiss)
            #expect(await tier.get(answer.fingerprint, tenant: try #require(Tenant("other"))).isMiss)
            let statistics = tier.statistics
            #expect(statistics.hits == 1 && statistics.misses == 2 && statistics.admissions == 1)
            #expect(tier.getLatency.count == 3 && tier.getLatency.sumNanoseconds > 0)
            #expect(tier.admitLatency.count == 1)
            #expect(tier.health.lastRoundTripMicroseconds != nil)
        }
    }

    @Test("An answer ends at its expiry, by Redis' clock and by the server's")
    func honoursExpiry() async throws {
        let redis = try await RedisProcess()
        let clock = ManualClock(at: TimeSource.system.now())
        try await Fixture.withTier(
            Fixture.configuration(Fixture.address(of: redis)), timeSource: clock.timeSource
        ) { tier in
            let long = Fixture.answer(1)
            let short = Fixture.answer(2, expiresInMilliseconds: 300)
            #expect(await tier.admit(long) == .admitted(evicted: 0))
            #expect(await tier.admit(short) == .admitted(evicted: 0))
            #expect(try await redis.command("PEXPIRETIME", Self.key(1)) == String(long.expiresAt.milliseconds))
            try await Fixture.eventually("Redis ended it") {
                await tier.get(short.fingerprint, tenant: .default).isMiss
            }
            #expect(await tier.admit(Fixture.answer(3, expiresInMilliseconds: -1)) == .refused(.expired))
            let expirations = tier.statistics.expirations
            clock.set(long.expiresAt)
            #expect(await tier.get(long.fingerprint, tenant: .default).isMiss)
            #expect(tier.statistics.expirations == expirations + 1)
            clock.set(TimeSource.system.now())
            // The next admission clears the members of what Redis ended.
            #expect(await tier.admit(Fixture.answer(4)) == .admitted(evicted: 0))
            #expect(try await redis.command("ZCARD", Self.prefix + "recency") == "2")
            #expect(try await redis.command("ZCARD", Self.prefix + "expiry") == "2")
        }
    }

    @Test("There are never more answers than the capacity, also when two servers admit at once")
    func keepsCapacity() async throws {
        let redis = try await RedisProcess()
        let configuration = Fixture.configuration(Fixture.address(of: redis), capacity: 40)
        try await Fixture.withTier(configuration) { first in
            try await Fixture.withTier(configuration) { second in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (offset, tier) in [first, second].enumerated() {
                        for part in 0..<4 {
                            group.addTask {
                                for index in 0..<50 {
                                    let number = offset * 1_000 + part * 50 + index
                                    guard case .admitted = await tier.admit(Fixture.answer(number)) else {
                                        Issue.record("answer \(number) was refused")
                                        return
                                    }
                                }
                            }
                        }
                    }
                    group.addTask {
                        for _ in 0..<20 {
                            let size = try await Int(redis.command("DBSIZE")) ?? .max
                            #expect(size <= 40 + 2)
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await redis.command("DBSIZE") == "42")
                #expect(await first.count() == 40)
                #expect(first.statistics.evictions + second.statistics.evictions == 360)
            }
        }
    }

    @Test("The least recently used answer is evicted first")
    func evictsLeastRecentlyUsed() async throws {
        let redis = try await RedisProcess()
        try await Fixture.withTier(Fixture.configuration(Fixture.address(of: redis), capacity: 3)) { tier in
            for number in 1...3 { _ = await tier.admit(Fixture.answer(number)) }
            _ = await tier.get(Fixture.fingerprint(1), tenant: .default)
            #expect(await tier.admit(Fixture.answer(2)) == .admitted(evicted: 0))
            #expect(await tier.admit(Fixture.answer(4)) == .admitted(evicted: 1))
            #expect(await tier.get(Fixture.fingerprint(3), tenant: .default).isMiss)
            for number in [1, 2, 4] {
                #expect(await tier.get(Fixture.fingerprint(number), tenant: .default).answer != nil)
            }
        }
    }

    @Test("A tenant at its share makes room among its own answers, those used the longest ago first")
    func keepsShares() async throws {
        let redis = try await RedisProcess()
        let other = try #require(Tenant("other"))
        let configuration = WarmTierConfiguration(
            address: Fixture.address(of: redis), capacity: 10, storeID: "store-1", encoder: "e1",
            commandTimeoutMilliseconds: Fixture.patientTimeoutMilliseconds, tenantShare: 0.4)
        try await Fixture.withTier(configuration) { tier in
            for number in 1...3 { _ = await tier.admit(Fixture.answer(number, tenant: other)) }
            for number in 11...14 { #expect(await tier.admit(Fixture.answer(number)) == .admitted(evicted: 0)) }
            _ = await tier.get(Fixture.fingerprint(11), tenant: .default)
            #expect(await tier.admit(Fixture.answer(15)) == .admitted(evicted: 1))
            #expect(await tier.admit(Fixture.answer(13)) == .admitted(evicted: 0))
            #expect(await tier.get(Fixture.fingerprint(12), tenant: .default).isMiss)
            for number in [11, 13, 14, 15] {
                #expect(await tier.get(Fixture.fingerprint(number), tenant: .default).answer != nil)
            }
            for number in 1...3 { #expect(await tier.get(Fixture.fingerprint(number), tenant: other).answer != nil) }
            // However many come, and also when the whole is full.
            for number in 20..<60 { _ = await tier.admit(Fixture.answer(number)) }
            for number in 60..<64 {
                _ = await tier.admit(Fixture.answer(number, tenant: try #require(Tenant("third"))))
            }
            #expect(await tier.count() == 10)
            #expect(try await Int(redis.command("ZCARD", Self.prefix + "recency:default")) ?? 9 <= 4)
            #expect(await tier.flush(tenant: other) != nil)
            #expect(try await redis.command("EXISTS", Self.prefix + "recency:other") == "0")
            #expect(await tier.remove(Fixture.fingerprint(59), tenant: .default) == true)
            #expect(try await Int(redis.command("ZCARD", Self.prefix + "recency:default")) ?? 9 <= 3)
        }
    }

    @Test("A lowered capacity is reached without an admission, and admissions never raise the number over it")
    func lowersCapacity() async throws {
        let redis = try await RedisProcess()
        let address = Fixture.address(of: redis)
        try await Fixture.withTier(Fixture.configuration(address, capacity: 600)) { tier in
            for number in 0..<600 { _ = await tier.admit(Fixture.answer(number)) }
            #expect(await tier.count() == 600)
        }
        try await Fixture.withTier(Fixture.configuration(address, capacity: 10)) { tier in
            try await Fixture.eventually("it shrinks") { await tier.count() == 10 }
            #expect(try await redis.command("DBSIZE") == "12")
            #expect(await tier.get(Fixture.fingerprint(599), tenant: .default).answer != nil)
        }
    }

    @Test("Members whose answer Redis has evicted count until their turn and then go")
    func ghostsAge() async throws {
        let redis = try await RedisProcess()
        try await Fixture.withTier(Fixture.configuration(Fixture.address(of: redis), capacity: 3)) { tier in
            for number in 1...3 { _ = await tier.admit(Fixture.answer(number)) }
            try await redis.command("DEL", Self.key(1))
            #expect(await tier.get(Fixture.fingerprint(1), tenant: .default).isMiss)
            for number in 4...6 { _ = await tier.admit(Fixture.answer(number)) }
            #expect(try await redis.command("ZCARD", Self.prefix + "recency") == "3")
            #expect(try await redis.command("DBSIZE") == "5")
        }
    }

    @Test("The sorted sets end with the last answer")
    func setsExpire() async throws {
        let redis = try await RedisProcess()
        try await Fixture.withTier(Fixture.configuration(Fixture.address(of: redis))) { tier in
            let last = Fixture.answer(1)
            _ = await tier.admit(last)
            _ = await tier.admit(Fixture.answer(2, expiresInMilliseconds: 1_000))
            for set in ["recency", "expiry"] {
                let end = try await redis.command("PEXPIRETIME", Self.prefix + set)
                #expect(end == String(last.expiresAt.milliseconds))
            }
        }
    }

    @Test("What is no answer under our key is a miss, and is replaced by an admission")
    func foreignValues() async throws {
        let redis = try await RedisProcess()
        try await Fixture.withTier(Fixture.configuration(Fixture.address(of: redis))) { tier in
            try await redis.command("SET", Self.key(1), "not an envelope")
            try await redis.command("LPUSH", Self.key(2), "not even a string")
            _ = await tier.admit(Fixture.answer(3))
            try await redis.command("COPY", Self.key(3), Self.key(4))
            for number in [1, 2, 4] { #expect(await tier.get(Fixture.fingerprint(number), tenant: .default).isMiss) }
            #expect(tier.statistics.undecodable == 3)
            #expect(tier.health.status == .up)
            #expect(await tier.admit(Fixture.answer(2)) == .admitted(evicted: 0))
            #expect(await tier.get(Fixture.fingerprint(2), tenant: .default).answer != nil)
        }
    }

    @Test("A flush takes one tenant's answers, or all of this store and encoder, and nothing else")
    func flushes() async throws {
        let redis = try await RedisProcess()
        let address = Fixture.address(of: redis)
        let acme = try #require(Tenant("acme"))
        try await redis.command("SET", "someone:else", "1")
        try await Fixture.withTier(Fixture.configuration(address, storeID: "store-2")) { other in
            _ = await other.admit(Fixture.answer(1))
            try await Fixture.withTier(Fixture.configuration(address, capacity: 2_000)) { tier in
                for number in 0..<700 { _ = await tier.admit(Fixture.answer(number)) }
                for number in 0..<20 { _ = await tier.admit(Fixture.answer(number, tenant: acme)) }
                #expect(await tier.flush(tenant: acme) == 20)
                #expect(await tier.count() == 700)
                #expect(await tier.get(Fixture.fingerprint(3), tenant: acme).isMiss)
                #expect(await tier.get(Fixture.fingerprint(3), tenant: .default).answer != nil)
                #expect(await tier.flush(tenant: nil) == 700)
                #expect(await tier.count() == 0)
            }
            #expect(await other.get(Fixture.fingerprint(1), tenant: .default).answer != nil)
            #expect(try await redis.command("GET", "someone:else") == "1")
        }
    }

    @Test("One answer can be removed")
    func removes() async throws {
        let redis = try await RedisProcess()
        try await Fixture.withTier(Fixture.configuration(Fixture.address(of: redis))) { tier in
            _ = await tier.admit(Fixture.answer(1))
            #expect(await tier.remove(Fixture.fingerprint(1), tenant: .default) == true)
            #expect(await tier.remove(Fixture.fingerprint(1), tenant: .default) == false)
            #expect(await tier.count() == 0)
        }
    }

    @Test("Pages list every answer once, the most recently used first")
    func pages() async throws {
        let redis = try await RedisProcess()
        let acme = try #require(Tenant("acme"))
        try await Fixture.withTier(Fixture.configuration(Fixture.address(of: redis), capacity: 1_000)) { tier in
            for number in 0..<300 {
                _ = await tier.admit(Fixture.answer(number, tenant: number % 3 == 0 ? acme : .default))
            }
            _ = await tier.get(Fixture.fingerprint(0), tenant: acme)
            let order = [0] + (1..<300).reversed()
            #expect(try await Self.all(tier, tenant: nil, limit: 7) == order.map { Fixture.fingerprint($0) })
            #expect(
                try await Self.all(tier, tenant: acme, limit: 7)
                    == order.filter { $0 % 3 == 0 }.map { Fixture.fingerprint($0) })
            let page = try #require(await tier.items(tenant: nil, limit: 1))
            let age = TimeSource.system.now().milliseconds(since: try #require(page.items.first).lastUsedAt)
            #expect((-1_000...60_000).contains(age))
        }
    }

    @Test("With a capacity of 0 the tier is switched off and says so")
    func disabled() async throws {
        let address = RedisAddress(endpoint: .unixSocket(path: "/nonexistent"))
        try await Fixture.withTier(Fixture.configuration(address, capacity: 0), waits: false) { tier in
            #expect(tier.health.status == .disabled)
            #expect(await tier.get(Fixture.fingerprint(1), tenant: .default).unavailability == .disabled)
            #expect(await tier.admit(Fixture.answer(1)) == .refused(.unavailable(.disabled)))
        }
    }

    private static let prefix = "thermocline:3:{store-1}:e1:"

    private static func key(_ number: Int) -> String { "\(prefix)default:a:\(Fixture.fingerprint(number))" }

    private static func all(_ tier: WarmTier, tenant: Tenant?, limit: Int) async throws -> [Fingerprint] {
        var fingerprints: [Fingerprint] = []
        var cursor: WarmCursor?
        repeat {
            let page = try #require(await tier.items(tenant: tenant, after: cursor, limit: limit))
            #expect(page.items.count <= limit)
            fingerprints += page.items.map(\.fingerprint)
            cursor = try page.next.map { try #require(WarmCursor($0.description)) }
        } while cursor != nil
        return fingerprints
    }
}
