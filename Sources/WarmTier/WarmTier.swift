public import Knowledge
public import Logging
public import NIOCore

/// Encoded answers in Redis, found exactly by fingerprint: survives restarts and may be shared by servers.
///
/// Losing it loses nothing but time, so nothing here throws or waits long: a Redis that is away, slow or
/// full shows as `.unavailable` or `.refused`, within the command's deadline at first and at once when the
/// breaker has opened. One connection on one event loop carries all requests, pipelined.
///
/// The capacity is kept by one script (`LuaScript.admit`) that makes room and writes in one step. It cannot
/// hold if Redis itself evicts the sorted sets (`maxmemory-policy allkeys-*`): then answers it no longer
/// counts live on until their expiry.
///
/// Any thread. Call `start` once, and `close` before the event loop group is shut down.
public final class WarmTier: Sendable {
    let configuration: WarmTierConfiguration
    let keyspace: WarmKeyspace
    let counters = WarmCounters()
    let link: RedisLink
    let timeSource: TimeSource
    private let commandTimeout: Duration
    private let capacity: WarmCapacity
    private let trimmer: CapacityTrimmer

    public init(
        configuration: WarmTierConfiguration, eventLoopGroup: any EventLoopGroup, timeSource: TimeSource,
        logger: Logger
    ) {
        self.configuration = configuration
        self.timeSource = timeSource
        commandTimeout = .milliseconds(configuration.commandTimeoutMilliseconds)
        let keyspace = WarmKeyspace(storeID: configuration.storeID, encoder: configuration.encoder)
        self.keyspace = keyspace
        let capacity = WarmCapacity(configuration.capacity)
        self.capacity = capacity
        let trimmer = CapacityTrimmer(keyspace: keyspace, capacity: capacity, counters: counters)
        self.trimmer = trimmer
        link = RedisLink(
            configuration: configuration, eventLoop: eventLoopGroup.next(), counters: counters, logger: logger,
            whenReady: { trimmer.trim() })
        trimmer.attach(link)
    }

    /// Starts connecting and returns at once; `health` tells when Redis is in use.
    public func start() {
        guard isEnabled else {
            _ = link.board.post(.disabled, reason: WarmUnavailable.disabled.description)
            return
        }
        link.start()
    }

    /// Ends the connection; what still waits gets `.unavailable(.closed)`, and so does all that comes later.
    public func close() async {
        guard isEnabled else { return }
        await link.close()
    }

    /// Changes how many answers are kept, and lets go of what is over it in the background. A tier that is switched off
    /// stays so until the next start, and one that is on keeps at least one answer until then.
    public func resize(capacity: Int) {
        guard isEnabled else { return }
        self.capacity.value = max(1, capacity)
        trimmer.trim()
    }

    public var health: WarmHealth { link.board.health }
    public var statistics: WarmStatistics { counters.statistics }
    /// Durations of look-ups that Redis answered, from call to outcome.
    public var getLatency: LatencySnapshot { counters.getLatency.snapshot() }
    /// Durations of admissions that Redis answered.
    public var admitLatency: LatencySnapshot { counters.admitLatency.snapshot() }
    /// Requests that Redis still owes a reply; at most 1,024.
    public var outstanding: Int { link.outstanding }
    private var isEnabled: Bool { configuration.capacity > 0 }
    private var limitsShares: Bool { configuration.tenantShare < 1 }

    /// Answers that one tenant may have; all of them where there are no shares.
    private func share(of capacity: Int) -> Int {
        limitsShares ? max(1, Int(Double(capacity) * configuration.tenantShare)) : capacity
    }

    /// The answer to a question, if it is kept; marks it as used now.
    ///
    /// - Parameter within: time that the caller has left; never more than the command timeout is spent.
    public func get(_ fingerprint: Fingerprint, tenant: Tenant, within: Duration? = nil) async -> WarmLookup {
        let member = keyspace.member(fingerprint, tenant: tenant)
        let start = ContinuousClock.now
        // Whether there is anything to touch is not known yet: XX touches only what is there.
        let tick = String(link.board.recencyClock.tick())
        let read = RedisCommand("GET", keyspace.prefix + member)
        let touch = RedisCommand("ZADD", keyspace.recency, "XX", "GT", tick, member)
        let request =
            limitsShares
            ? RedisRequest(
                read, touch, RedisCommand("ZADD", keyspace.recency(of: tenant), "XX", "GT", tick, member))
            : RedisRequest(read, touch)
        let outcome = await link.send(request, within: timeout(within))
        let lookup = interpret(outcome, fingerprint: fingerprint, tenant: tenant)
        if case .unavailable = lookup {
            counters.add(1, to: .unavailable)
        } else {
            counters.getLatency.record(.now - start)
        }
        return lookup
    }

    private func interpret(
        _ outcome: RedisSubmission.Outcome, fingerprint: Fingerprint, tenant: Tenant
    ) -> WarmLookup {
        switch outcome {
        case .failure(let reason): return .unavailable(reason)
        case .success(.null): return miss()
        case .success(.string(let bytes)):
            guard let answer = decode(bytes, fingerprint, tenant) else { return miss(.undecodable) }
            let now = timeSource.now()
            guard answer.expiresAt > now else {
                let missed = miss(.expirations)
                // Redis ends it by its own clock, which may be behind.
                return keptUntil(answer) > now ? .expired(answer) : missed
            }
            counters.add(1, to: .hits)
            return .hit(answer)
        case .success(.error(let refusal)) where refusal.kind == .wrongType: return miss(.undecodable)
        case .success(.error(let refusal)): return .unavailable(.refused(refusal))
        case .success: return .unavailable(.unexpectedReply)
        }
    }

    private func keptUntil(_ answer: Answer) -> Timestamp {
        answer.expiresAt.adding(milliseconds: configuration.expiredKeptMilliseconds)
    }

    private func miss(_ cause: WarmCounters.Event? = nil) -> WarmLookup {
        if let cause { counters.add(1, to: cause) }
        counters.add(1, to: .misses)
        return .miss
    }

    /// Keeps an answer until it is evicted or has been expired for as long as such are kept; replaces the one of the
    /// same fingerprint.
    ///
    /// - Parameter within: as in `get`. An admission that timed out may still take place.
    public func admit(_ answer: Answer, within: Duration? = nil) async -> WarmAdmission {
        guard answer.expiresAt > timeSource.now() else { return refuse(.expired) }
        guard let envelope = encode(answer) else { return refuse(.tooLarge) }
        let member = keyspace.member(answer.fingerprint, tenant: answer.tenant)
        let start = ContinuousClock.now
        let capacity = capacity.value
        let outcome = await run(
            .admit,
            keys: [
                keyspace.recency, keyspace.expiry, keyspace.prefix + member, keyspace.recency(of: answer.tenant),
            ],
            arguments: [
                [UInt8](keyspace.prefix.utf8), [UInt8](String(capacity).utf8),
                [UInt8](String(LuaScript.batch).utf8), [UInt8](member.utf8),
                [UInt8](String(keptUntil(answer).milliseconds).utf8),
                [UInt8](String(link.board.recencyClock.tick()).utf8), envelope,
                [UInt8](String(share(of: capacity)).utf8),
            ], within: timeout(within))
        switch outcome {
        case .failure(let reason): return refuse(.unavailable(reason))
        case .success(.error(let refusal)): return refuse(.unavailable(.refused(refusal)))
        case .success(let reply):
            guard case .array(let parts) = reply, parts.count == 3, let evicted = parts[1].integer,
                let expired = parts[2].integer
            else { return refuse(.unavailable(.unexpectedReply)) }
            counters.admitLatency.record(.now - start)
            counters.add(Int(evicted), to: .evictions)
            counters.add(Int(expired), to: .expirations)
            switch parts[0].text {
            case "admitted":
                counters.add(1, to: .admissions)
                return .admitted(evicted: Int(evicted))
            case "expired": return refuse(.expired)
            default: return refuse(.full)
            }
        }
    }

    private func refuse(_ reason: WarmAdmissionRefusal) -> WarmAdmission {
        if case .unavailable = reason {
            counters.add(1, to: .unavailable)
        } else {
            counters.add(1, to: .refusedAdmissions)
        }
        return .refused(reason)
    }

    private func timeout(_ within: Duration?) -> Duration {
        within.map { min($0, commandTimeout) } ?? commandTimeout
    }

    func run(
        _ script: LuaScript, keys: [String], arguments: [[UInt8]], within timeout: Duration
    ) async -> RedisSubmission.Outcome {
        await link.run(script, keys: keys, arguments: arguments, within: timeout)
    }
}
