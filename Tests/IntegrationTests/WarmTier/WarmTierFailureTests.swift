import Foundation
import Knowledge
import NIOCore
import NIOPosix
import TestSupport
import Testing
import WarmTier

private typealias Fixture = WarmTierFixture

@Suite("The warm tier when Redis fails")
struct WarmTierFailureTests {
    @Test("It works over TCP with a password and a database number, and over a unix socket with them")
    func signsIn() async throws {
        let port = try await Self.freePort()
        let redis = try await RedisProcess(port: port, password: "p@ss word")
        for url in [
            "redis://:p%40ss%20word@127.0.0.1:\(port)/3", "unix://\(redis.socketPath)?db=3&password=p%40ss%20word",
            "redis://default:p%40ss%20word@localhost:\(port)/3",
        ] {
            try await Fixture.withTier(Fixture.configuration(try RedisAddress(url: url))) { tier in
                #expect(await tier.admit(Fixture.answer(1)) == .admitted(evicted: 0))
                #expect(await tier.get(Fixture.fingerprint(1), tenant: .default).answer != nil)
            }
        }
        #expect(try await redis.command("DBSIZE", database: 3) == "3")
        #expect(try await redis.command("DBSIZE", database: 0) == "0")
    }

    @Test("A wrong or missing password is named in its health, and the password is not")
    func wrongPassword() async throws {
        let redis = try await RedisProcess(password: "right")
        for password in ["wrong", nil] {
            let address = RedisAddress(endpoint: .unixSocket(path: redis.socketPath), password: password)
            try await Fixture.withTier(Fixture.configuration(address), waits: false) { tier in
                try await Fixture.eventually("it says so") { tier.health.reason?.contains("password") == true }
                #expect(tier.health.status == .down)
                #expect(tier.health.reason?.contains("wrong ") == false)
                #expect(await tier.get(Fixture.fingerprint(1), tenant: .default).unavailability == .notConnected)
            }
        }
    }

    @Test("A stopped Redis is unavailable at once, and used again within two seconds of its return, empty")
    func restart() async throws {
        let redis = try await RedisProcess()
        try await Fixture.withTier(Fixture.configuration(Fixture.address(of: redis))) { tier in
            _ = await tier.admit(Fixture.answer(1))
            await redis.stop()
            try await Fixture.eventually("it is noticed") { !tier.health.isServing }
            #expect(await tier.get(Fixture.fingerprint(1), tenant: .default).unavailability == .notConnected)
            #expect(await tier.admit(Fixture.answer(1)) == .refused(.unavailable(.notConnected)))
            // Long enough for the longest wait between attempts.
            try await Task.sleep(for: .milliseconds(1_600))
            try await redis.start()
            try await Fixture.eventually("it is used again", within: .seconds(2)) { tier.health.isServing }
            #expect(await tier.get(Fixture.fingerprint(1), tenant: .default).isMiss)
            #expect(await tier.admit(Fixture.answer(1)) == .admitted(evicted: 0))
            #expect(await tier.get(Fixture.fingerprint(1), tenant: .default).answer != nil)
        }
    }

    @Test("Scripts that Redis has forgotten are sent again")
    func scriptsFlushed() async throws {
        let redis = try await RedisProcess()
        try await Fixture.withTier(Fixture.configuration(Fixture.address(of: redis))) { tier in
            try await redis.command("SCRIPT", "FLUSH")
            #expect(await tier.admit(Fixture.answer(1)) == .admitted(evicted: 0))
            #expect(await tier.admit(Fixture.answer(2)) == .admitted(evicted: 0))
        }
    }

    @Test("A paused Redis costs a deadline at first, nothing once the breaker is open, and heals when it goes on")
    func pause() async throws {
        let redis = try await RedisProcess()
        let configuration = Fixture.configuration(Fixture.address(of: redis), timeoutMilliseconds: 5)
        try await Fixture.withTier(configuration) { tier in
            try await Fixture.eventually("it is kept") {
                await tier.admit(Fixture.answer(1)) == .admitted(evicted: 0)
            }
            redis.pause()
            let startedAt = ContinuousClock.now
            let first = await tier.get(Fixture.fingerprint(1), tenant: .default)
            #expect(first.unavailability == .timedOut)
            #expect(ContinuousClock.now - startedAt < .milliseconds(500))
            for _ in 0..<20 { _ = await tier.get(Fixture.fingerprint(1), tenant: .default) }
            #expect(tier.health.status == .breakerOpen)
            #expect(tier.health.reason?.contains("5 ms") == true)
            let reason = await tier.get(Fixture.fingerprint(1), tenant: .default).unavailability
            #expect(reason == .breakerOpen || reason == .notConnected)
            #expect(tier.statistics.timeouts >= CircuitBreaker.failureLimit)
            // Past the point where the silent connection is dropped and new attempts hang as well.
            try await Task.sleep(for: .milliseconds(2_500))
            redis.resume()
            try await Fixture.eventually("it heals", within: .seconds(2)) { tier.health.isServing }
            try await Fixture.eventually("answers are found again") {
                await tier.get(Fixture.fingerprint(1), tenant: .default).answer != nil
            }
        }
    }

    @Test("A reply that comes after its deadline never reaches another question")
    func lateReplies() async throws {
        let redis = try await RedisProcess()
        try await Fixture.withTier(Fixture.configuration(Fixture.address(of: redis), capacity: 500)) { tier in
            for number in 0..<200 { #expect(await tier.admit(Fixture.answer(number)) == .admitted(evicted: 0)) }
            for round in 0..<30 {
                redis.pause()
                // Between those that wait through the pause, as many give up as the breaker just tolerates.
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for index in 0..<16 {
                        let isHasty = index % 4 == 0
                        let number = (round * 16 + index) % 200
                        group.addTask {
                            let lookup = await tier.get(
                                Fixture.fingerprint(number), tenant: .default, within: isHasty ? .milliseconds(4) : nil)
                            if isHasty, lookup.unavailability == .timedOut { return true }
                            let answer = try #require(lookup.answer, "round \(round), answer \(number)")
                            #expect(answer.fingerprint == Fixture.fingerprint(number))
                            #expect(answer.key.bytes == Array("q\(number)".utf8))
                            return isHasty
                        }
                    }
                    var hasty = 0
                    for try await isHasty in group {
                        if isHasty { hasty += 1 }
                        if hasty == 4 { redis.resume() }
                    }
                }
            }
            #expect(tier.statistics.timeouts > 60)
            #expect(tier.statistics.undecodable == 0)
            #expect(tier.statistics.misses == 0)
            #expect(tier.statistics.reconnects == 0)
            try await Fixture.eventually("nothing is owed") { tier.outstanding == 0 }
        }
    }

    @Test("Callers with hardly any time left do not open the breaker, and a silent connection is dropped all the same")
    func hastyCallers() async throws {
        let redis = try await RedisProcess()
        try await Fixture.withTier(Fixture.configuration(Fixture.address(of: redis))) { tier in
            redis.pause()
            for number in 0..<20 {
                let lookup = await tier.get(Fixture.fingerprint(number), tenant: .default, within: .milliseconds(1))
                #expect(lookup.unavailability == .timedOut)
            }
            #expect(tier.health.status == .up)
            try await Fixture.eventually("it is dropped", within: .seconds(4)) {
                _ = await tier.get(Fixture.fingerprint(1), tenant: .default, within: .milliseconds(1))
                return tier.health.status == .down
            }
            redis.resume()
            try await Fixture.eventually("it heals", within: .seconds(2)) { tier.health.isServing }
        }
    }

    @Test("A Redis out of memory still answers, takes nothing new, and its health says what to do")
    func outOfMemory() async throws {
        let redis = try await RedisProcess(options: ["--maxmemory-policy", "noeviction"])
        try await Fixture.withTier(Fixture.configuration(Fixture.address(of: redis))) { tier in
            _ = await tier.admit(Fixture.answer(1))
            try await redis.command("CONFIG", "SET", "maxmemory", "1")
            guard case .refused(.unavailable(.refused(let refusal))) = await tier.admit(Fixture.answer(2)) else {
                Issue.record("it was admitted")
                return
            }
            #expect(refusal.kind == .outOfMemory)
            #expect(await tier.get(Fixture.fingerprint(1), tenant: .default).answer != nil)
            #expect(tier.health.status == .refusingWrites)
            #expect(tier.health.reason?.contains("maxmemory") == true)
            try await redis.command("CONFIG", "SET", "maxmemory", "0")
            #expect(await tier.admit(Fixture.answer(2)) == .admitted(evicted: 0))
            #expect(tier.health.status == .up)
        }
    }

    @Test("A read-only replica is named as such")
    func readOnly() async throws {
        let redis = try await RedisProcess()
        try await Fixture.withTier(Fixture.configuration(Fixture.address(of: redis))) { tier in
            try await redis.command("REPLICAOF", "127.0.0.1", "1")
            guard case .refused(.unavailable(.refused(let refusal))) = await tier.admit(Fixture.answer(1)) else {
                Issue.record("it was admitted")
                return
            }
            #expect(refusal.kind == .readOnly)
            #expect(tier.health.reason?.contains("replica") == true)
        }
    }

    @Test("What is not Redis is refused as such")
    func notRedis() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(HTTPImpostor())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let address = RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: port))
        try await Fixture.withTier(Fixture.configuration(address), waits: false) { tier in
            try await Fixture.eventually("it says so") { tier.health.reason?.contains("protocol") == true }
        }
        try await server.close()
    }

    @Test("After closing, and before starting, it is unavailable at once")
    func closed() async throws {
        let redis = try await RedisProcess()
        try await Fixture.withTier(Fixture.configuration(Fixture.address(of: redis))) { tier in
            await tier.close()
            #expect(tier.health.status == .closed)
            #expect(await tier.get(Fixture.fingerprint(1), tenant: .default).unavailability == .closed)
        }
    }

    @Test("A caller without time left does not wait")
    func noTimeLeft() async throws {
        let redis = try await RedisProcess()
        try await Fixture.withTier(Fixture.configuration(Fixture.address(of: redis))) { tier in
            let lookup = await tier.get(Fixture.fingerprint(1), tenant: .default, within: .zero)
            #expect(lookup.unavailability == .timedOut)
        }
    }

    private static func freePort() async throws -> Int {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = server.localAddress?.port
        try await server.close()
        return try #require(port)
    }
}

/// Answers everything as a web server does that was sent what it cannot read.
private final class HTTPImpostor: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n\r\n")), promise: nil)
    }
}
