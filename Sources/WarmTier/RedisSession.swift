import Logging
import NIOCore
import NIOPosix

/// Keeps one connection to Redis and everything that belongs to it, on one event loop.
///
/// `ConnectionStateMachine` says what to do about the connection, `CircuitBreaker` whether to ask, and
/// `ReplySlots` whose reply is whose; this type carries out their actions with NIO. Not `Sendable`: every
/// method is called on `eventLoop`. Other threads see it through `LinkBoard` and reach it through `LinkIntake`.
package final class RedisSession {
    /// An attempt that takes longer is given up. With the longest wait between attempts it stays within the
    /// two seconds in which a returning Redis is to be used.
    package static let connectTimeoutMilliseconds: Int64 = 500
    /// For sign-in, database, name, time and scripts together, once connected.
    package static let greetingTimeoutMilliseconds: Int64 = 500
    /// A connection on which a reply is overdue by this much is dropped: its other end may be gone for good.
    package static let stallMilliseconds: Int64 = 1_000

    enum Waiter {
        case caller(CheckedContinuation<RedisSubmission.Outcome, Never>, writes: Bool)
        case greeting(Greeting.Step, isLast: Bool)
        case probe
    }

    let eventLoop: any EventLoop
    private let address: RedisAddress
    private let greeting: Greeting
    private let commandTimeout: TimeAmount
    private let board: LinkBoard
    private let intake: LinkIntake
    private let counters: WarmCounters
    private let logger: Logger
    private let purpose: String
    private let whenReady: @Sendable () -> Void

    private var machine = ConnectionStateMachine()
    private var breaker = CircuitBreaker()
    private var slots = ReplySlots<Waiter>()
    private var channel: (any Channel)?
    private var reader: RedisReplyReader?
    /// When the one deadline timer fires; `nil` when none is armed.
    private var armedFor: NIODeadline?
    private var returned = (requests: 0, bytes: 0)
    private var lossReason = "not started"

    init(
        eventLoop: any EventLoop, configuration: WarmTierConfiguration, board: LinkBoard, intake: LinkIntake,
        counters: WarmCounters, logger: Logger, purpose: String, whenReady: @escaping @Sendable () -> Void
    ) {
        self.eventLoop = eventLoop
        address = configuration.address
        greeting = Greeting(address: configuration.address)
        commandTimeout = .milliseconds(Int64(configuration.commandTimeoutMilliseconds))
        self.board = board
        self.intake = intake
        self.counters = counters
        self.logger = logger
        self.purpose = purpose
        self.whenReady = whenReady
    }

    // MARK: Connection

    func start() {
        lossReason = "connecting"
        perform(machine.start())
    }

    func close() {
        perform(machine.close())
    }

    private func perform(_ action: ConnectionStateMachine.Action, channel stray: (any Channel)? = nil) {
        switch action {
        case .none: break
        case .connect(let attempt): connect(attempt)
        case .greet: greet()
        case .announceReady: announceReady()
        case .retry(let attempt, let delay):
            counters.add(1, to: .reconnects)
            publish()
            dropChannel(failingWith: .notConnected)
            eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(delay)) {
                self.perform(self.machine.waitElapsed(attempt: attempt))
            }
        case .closeStray: stray?.close(promise: nil)
        case .shutDown:
            publish()
            intake.close()
            dropChannel(failingWith: .closed)
            for submission in intake.collect() { submission.continuation.resume(returning: .failure(.closed)) }
        }
    }

    private func connect(_ attempt: UInt64) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.milliseconds(Self.connectTimeoutMilliseconds))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        RedisChannelHandler(session: bound.value, attempt: attempt))
                }
            }
        let connection =
            switch address.endpoint {
            case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
            case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        connection.assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channel): self.connected(channel, attempt: attempt)
            case .failure(let error): self.lost("cannot connect to \(self.address): \(error)", attempt: attempt)
            }
        }
    }

    private func connected(_ channel: any Channel, attempt: UInt64) {
        let action = machine.connected(attempt: attempt)
        if action == .greet {
            self.channel = channel
            reader = RedisReplyReader()
        }
        perform(action, channel: channel)
    }

    private func greet() {
        let attempt = machine.attempt
        let now = NIODeadline.now()
        var bytes: [UInt8] = []
        for (index, step) in greeting.steps.enumerated() {
            guard greeting.command(for: step).encode(into: &bytes) else {
                return lost("no memory", attempt: attempt)
            }
            // The whole greeting has a timer of its own.
            slots.append(
                .greeting(step, isLast: index == greeting.steps.count - 1), sentAt: now, deadline: .distantFuture,
                byteCount: 0)
        }
        write(bytes)
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Self.greetingTimeoutMilliseconds)) {
            guard self.machine.attempt == attempt, self.machine.state == .greeting else { return }
            self.lost("Redis does not answer", attempt: attempt)
        }
    }

    private func greeted(_ step: Greeting.Step, isLast: Bool, reply: RedisReply) {
        if case .error(let refusal) = reply, step.isRequired {
            return lost(refusal.description, attempt: machine.attempt)
        }
        switch step {
        case .signIn, .selectDatabase, .name: break
        case .time:
            if case .array(let parts) = reply, parts.count == 2, let seconds = parts[0].integer,
                let microseconds = parts[1].integer
            {
                board.recencyClock.synchronise(redisMicroseconds: seconds * 1_000_000 + microseconds)
            }
        case .script(let script):
            if let digest = reply.text { board.post(digest: digest, of: script) }
        }
        if isLast { perform(machine.greeted(attempt: machine.attempt)) }
    }

    private func announceReady() {
        publish()
        whenReady()
        // Redis may have come back while the breaker waited for its next probe.
        probe()
    }

    /// The connection of `attempt` failed or ended.
    func lost(_ reason: String, attempt: UInt64) {
        let action = machine.lost(attempt: attempt, random: .random(in: 0..<1))
        guard action != .none else { return }
        lossReason = reason
        perform(action)
    }

    private func dropChannel(failingWith reason: WarmUnavailable) {
        let channel = self.channel
        self.channel = nil
        reader = nil
        for slot in slots.removeAll() {
            giveBack(slot)
            switch slot.waiter {
            case .caller(let continuation, _): continuation.resume(returning: .failure(reason))
            case .probe: probed(succeeded: false)
            case .greeting, nil: break
            }
        }
        flushReturned()
        channel?.close(promise: nil)
    }

    // MARK: Requests

    /// Sends all that waits in the intake with one flush.
    func collect() {
        let submissions = intake.collect()
        let now = NIODeadline.now()
        var bytes: [UInt8] = []
        var earliest = NIODeadline.distantFuture
        for submission in submissions {
            let count = submission.request.bytes.count
            if let reason = obstacle(to: submission, at: now) {
                intake.giveBack(requests: 1, bytes: count)
                submission.continuation.resume(returning: .failure(reason))
                continue
            }
            bytes.append(contentsOf: submission.request.bytes)
            slots.append(
                .caller(submission.continuation, writes: submission.request.writes), sentAt: now,
                deadline: submission.deadline, byteCount: count)
            for _ in 1..<max(submission.request.replyCount, 1) {
                slots.append(nil, sentAt: now, deadline: .distantFuture, byteCount: 0)
            }
            earliest = min(earliest, submission.deadline)
        }
        guard !bytes.isEmpty else { return }
        write(bytes)
        arm(for: earliest)
    }

    private func obstacle(to submission: RedisSubmission, at now: NIODeadline) -> WarmUnavailable? {
        switch machine.state {
        case .closed: return .closed
        case .idle, .connecting, .greeting, .waiting: return .notConnected
        case .ready: break
        }
        guard breaker.state == .closed else { return .breakerOpen }
        // Too late already by a slow loop, for which Redis is not to blame.
        return submission.deadline <= now ? .timedOut : nil
    }

    private func write(_ bytes: [UInt8]) {
        guard let channel else { return }
        var buffer = channel.allocator.buffer(capacity: bytes.count)
        buffer.writeBytes(bytes)
        channel.writeAndFlush(buffer, promise: nil)
    }

    // MARK: Deadlines

    /// One timer serves all: it is set for the earliest deadline and set again when it has fired.
    private func arm(for deadline: NIODeadline) {
        if let armedFor, armedFor <= deadline { return }
        armedFor = deadline
        eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            // An earlier one was armed after this one and has taken its place.
            guard self.armedFor == deadline else { return }
            self.armedFor = nil
            self.expire()
        }
    }

    private func expire() {
        let now = NIODeadline.now()
        for slot in slots.takeExpired(at: now) {
            switch slot.waiter {
            case .caller(let continuation, _):
                counters.add(1, to: .timeouts)
                continuation.resume(returning: .failure(.timedOut))
                // Who had hardly any time left proves nothing about Redis.
                if slot.deadline - slot.sentAt >= .nanoseconds(commandTimeout.nanoseconds / 2) {
                    failed("Redis takes longer than \(commandTimeout.nanoseconds / 1_000_000) ms")
                }
            case .probe: probed(succeeded: false)
            case .greeting, nil: break
            }
        }
        dropIfStalled(at: now)
        if let next = slots.nextDeadline, next < .distantFuture { arm(for: next) }
    }

    private func dropIfStalled(at now: NIODeadline) {
        guard let oldest = slots.oldestSentAt, now - oldest > .milliseconds(Self.stallMilliseconds) else { return }
        lost("Redis stopped answering", attempt: machine.attempt)
    }

    // MARK: Replies

    func received(_ buffer: ByteBuffer, attempt: UInt64) {
        guard attempt == machine.attempt, let reader else { return }
        let now = NIODeadline.now()
        do throws(RedisProtocolError) {
            var failure: RedisProtocolError?
            buffer.withUnsafeReadableBytes { bytes in
                do throws(RedisProtocolError) { try reader.feed(bytes) } catch { failure = error }
            }
            if let failure { throw failure }
            // A reply may end the attempt, and with it the meaning of the replies after it.
            while self.reader === reader, let reply = try reader.next() {
                guard let slot = slots.popFirst() else {
                    throw RedisProtocolError(description: "a reply that nobody asked for")
                }
                settle(slot, reply, at: now)
            }
        } catch {
            counters.add(1, to: .errors)
            lost("Redis does not speak its protocol: \(error)", attempt: attempt)
        }
    }

    func receiveCompleted() {
        flushReturned()
    }

    private func settle(_ slot: ReplySlots<Waiter>.Slot, _ reply: RedisReply, at now: NIODeadline) {
        giveBack(slot)
        if case .error(let refusal) = reply, refusal.isWriteRefusal { board.post(writeRefusal: refusal) }
        switch slot.waiter {
        case .caller(let continuation, let writes):
            board.postRoundTrip(nanoseconds: (now - slot.sentAt).nanoseconds)
            if case .error(let refusal) = reply {
                counters.add(1, to: .errors)
                if refusal.isOutage { failed(refusal.description) }
            } else {
                breaker.succeeded()
                if writes { board.post(writeRefusal: nil) }
            }
            continuation.resume(returning: .success(reply))
        case .greeting(let step, let isLast): greeted(step, isLast: isLast, reply: reply)
        case .probe:
            if case .error(let refusal) = reply { lossReason = refusal.description }
            probed(succeeded: reply == .status("PONG"))
        case nil: break
        }
    }

    // MARK: Breaker

    private func failed(_ reason: String) {
        guard let delay = breaker.failed(atMilliseconds: Self.milliseconds(.now())) else { return }
        lossReason = reason
        publish()
        scheduleProbe(afterMilliseconds: delay)
    }

    private func scheduleProbe(afterMilliseconds delay: Int64) {
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(delay)) { self.probe() }
    }

    private func probe() {
        guard machine.state != .closed, breaker.probeDue() else { return }
        let now = NIODeadline.now()
        dropIfStalled(at: now)
        var bytes: [UInt8] = []
        guard machine.state == .ready, RedisCommand("PING").encode(into: &bytes) else {
            return probed(succeeded: false)
        }
        slots.append(.probe, sentAt: now, deadline: now + commandTimeout, byteCount: 0)
        write(bytes)
        arm(for: now + commandTimeout)
    }

    private func probed(succeeded: Bool) {
        if let delay = breaker.probed(succeeded: succeeded) { scheduleProbe(afterMilliseconds: delay) }
        publish()
    }

    // MARK: Accounts

    private func giveBack(_ slot: ReplySlots<Waiter>.Slot) {
        guard slot.byteCount > 0 else { return }
        returned.requests += 1
        returned.bytes += slot.byteCount
    }

    private func flushReturned() {
        intake.giveBack(requests: returned.requests, bytes: returned.bytes)
        returned = (0, 0)
    }

    private func publish() {
        let status: WarmHealth.Status =
            switch machine.state {
            case .closed: .closed
            case .idle, .connecting, .greeting, .waiting: .down
            case .ready: breaker.state == .closed ? .up : .breakerOpen
            }
        guard board.post(status, reason: status == .up ? nil : lossReason) else { return }
        switch status {
        case .up: logger.info("\(purpose) is up", metadata: ["redis": "\(address)"])
        case .closed: logger.info("\(purpose) is closed")
        case .down, .breakerOpen, .disabled, .refusingWrites:
            logger.warning("\(purpose) is not in use: \(lossReason)", metadata: ["redis": "\(address)"])
        }
    }

    private static func milliseconds(_ deadline: NIODeadline) -> Int64 {
        Int64(deadline.uptimeNanoseconds / 1_000_000)
    }
}
