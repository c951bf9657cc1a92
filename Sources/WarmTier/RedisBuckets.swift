public import Knowledge
public import Logging
public import NIOCore

/// Token buckets in Redis that all servers of a store share, on a connection of their own.
///
/// Of its own, so that answers and buckets do not wait for each other, and buckets are there where no answers are kept.
/// Any thread. Call `start` once, and `close` before the event loop group is shut down.
public final class RedisBuckets: Sendable {
    /// Longer than a look-up of an answer waits, for what cannot be asked is decided by each server alone; still only
    /// until the breaker opens.
    public static let timeout = Duration.seconds(1)
    /// Between attempts while too many requests are under way.
    private static let overloadPause = Duration.milliseconds(1)

    /// A wish for tokens; times are microseconds.
    public struct Request: Sendable, Hashable {
        public let tenant: Tenant
        public let subject: String
        public let burst: Int
        public let tokenMicroseconds: Int64
        public let cost: Int
        /// 0 for no lease.
        public let leaseShare: Int
        /// Ignored beyond what the server's lease still covers.
        public let returned: Int
        public let missingMicroseconds: Int64

        public init(
            tenant: Tenant, subject: String, burst: Int, tokenMicroseconds: Int64, cost: Int, leaseShare: Int,
            returned: Int, missingMicroseconds: Int64
        ) {
            self.tenant = tenant
            self.subject = subject
            self.burst = burst
            self.tokenMicroseconds = tokenMicroseconds
            self.cost = cost
            self.leaseShare = leaseShare
            self.returned = returned
            self.missingMicroseconds = missingMicroseconds
        }
    }

    /// Tokens given (none: come again), when the bucket is full, and how long what is beyond the need may be used.
    public struct Reply: Sendable, Hashable {
        public let tokens: Int
        public let retryInMicroseconds: Int64
        public let fullInMicroseconds: Int64
        public let leaseMicroseconds: Int64
    }

    private let link: RedisLink
    private let keyspace: WarmKeyspace
    /// Tells this process' leases from others'.
    private let server: String

    public init(address: RedisAddress, storeID: String, eventLoopGroup: any EventLoopGroup, logger: Logger) {
        keyspace = WarmKeyspace(storeID: storeID, encoder: "")
        server = "s" + String(UInt64.random(in: 0 ... .max), radix: 36)
        // A capacity of answers is asked for and not used: no script of theirs runs on this link.
        let configuration = WarmTierConfiguration(
            address: address, capacity: 1, storeID: storeID, encoder: "",
            commandTimeoutMilliseconds: Int(Self.timeout / .milliseconds(1)))
        link = RedisLink(
            configuration: configuration, eventLoop: eventLoopGroup.next(), counters: WarmCounters(), logger: logger,
            purpose: "rate limits", whenReady: {})
    }

    /// Starts connecting and returns at once.
    public func start() { link.start() }
    public func close() async { await link.close() }

    public var isServing: Bool { link.board.isServing }
    /// Why they cannot be reached; one line for people.
    public var reason: String? { link.board.health.reason }

    /// - Returns: `nil` when Redis did not answer, or not in time; the tokens may be gone then.
    public func take(_ request: Request) async -> Reply? {
        let arguments = [
            String(request.burst), String(request.tokenMicroseconds), String(request.cost), String(request.leaseShare),
            server, String(request.returned), String(request.missingMicroseconds),
        ].map { [UInt8]($0.utf8) }
        let key = keyspace.bucket(of: request.subject, tenant: request.tenant)
        let giveUpAt = ContinuousClock.now + Self.timeout
        while true {
            let outcome = await link.run(.takeTokens, keys: [key], arguments: arguments, within: giveUpAt - .now)
            switch outcome {
            case .success(.array(let parts)):
                guard parts.count == 4, let tokens = parts[0].integer, let retryIn = parts[1].integer,
                    let fullIn = parts[2].integer, let lease = parts[3].integer
                else { return nil }
                return Reply(
                    tokens: Int(tokens), retryInMicroseconds: retryIn, fullInMicroseconds: fullIn,
                    leaseMicroseconds: lease)
            case .failure(.overloaded):
                guard .now < giveUpAt, (try? await Task.sleep(for: Self.overloadPause)) != nil else { return nil }
            case .success, .failure: return nil
            }
        }
    }
}
