import AsyncHTTPClient
import Foundation
public import Knowledge
import NIOCore
import NIOHTTP1
import Synchronization

/// An encoder on another machine, spoken to as OpenAI's embeddings API.
///
/// Questions go alone, so that a vector does not depend on what was asked beside it, as far as the service keeps to
/// that. Its identity is the model's name and dimension, for the model itself is out of sight: who changes it behind
/// its name must name it otherwise.
///
/// A failed request is tried again after growing pauses, at the service's own word (`Retry-After`) where it gives
/// one; when it keeps failing, questions are spared the wait (`RemotePause`). Bounded: `maximumWaitingTexts` and
/// `concurrentRequests`. Any task; no thread is held.
public final class RemoteEncoder: Encoder {
    public let identity: EncoderIdentity
    private let endpoint: RemoteEndpoint
    private let client: HTTPClient
    private let pause = Mutex(RemotePause())
    private let waitingTexts = Atomic<Int>(0)
    private let isClosed = Atomic<Bool>(false)
    private let lastSuccess = Mutex<ContinuousClock.Instant?>(nil)

    /// Texts under way at most; what comes beyond is refused at once.
    static let maximumWaitingTexts = 8_192
    /// Requests of one batch that are under way at a time.
    static let concurrentRequests = 4
    static let attempts = 4
    private static let firstRetryDelay = Duration.milliseconds(100)
    /// A service that asks for a longer pause than this is as good as away.
    private static let maximumRetryDelay = Duration.seconds(10)
    /// 2,048 vectors of 4,096 numbers with twelve characters each.
    private static let maximumReplyBytes = 128 << 20
    /// How long a success speaks for the service's health: asking costs its owner money.
    private static let healthLifetime = Duration.seconds(60)
    private static let form = "remote,l2"

    /// Asks the service for one vector, to learn the dimension.
    public static func load(_ endpoint: RemoteEndpoint) async throws(EncoderError) -> RemoteEncoder {
        var configuration = HTTPClient.Configuration()
        // A redirection would carry question and key to where nobody has sent them.
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        // Who refuses connections has failed; trying again is this type's business.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let body = try await exchange(["dimension"], endpoint, client, timeout: endpoint.timeout).get()
            let vector = try EmbeddingsExchange.vectors(body, count: 1, dimension: nil)
            return RemoteEncoder(endpoint, client, dimension: vector[0].count)
        } catch {
            try? await client.shutdown()
            switch error {
            case let failure as Failure: throw failure.error(endpoint)
            case let defect as EmbeddingsExchange.Defect:
                throw .remoteUnusable(url: endpoint.url, reason: defect.reason)
            default: throw .remoteFailed(url: endpoint.url, reason: "\(error)")
            }
        }
    }

    private init(_ endpoint: RemoteEndpoint, _ client: HTTPClient, dimension: Int) {
        self.endpoint = endpoint
        self.client = client
        identity = EncoderIdentity(
            name: endpoint.model,
            fingerprint: EncoderIdentity.fingerprint(
                of: [Data(endpoint.model.utf8)], form: "\(Self.form),\(dimension)"),
            dimension: dimension)
    }

    public func encode(_ text: String) async throws(EncoderError) -> [Float] {
        try await reserving(1) { () async throws(EncoderError) in
            try await request([text], within: endpoint.timeout)[0]
        }
    }

    public func encode(batch: [String]) async throws(EncoderError) -> [[Float]] {
        try await reserving(batch.count) { () async throws(EncoderError) in try await encode(parts(of: batch)) }
    }

    private func parts(of batch: [String]) -> [[String]] {
        stride(from: 0, to: batch.count, by: endpoint.batchSize).map {
            Array(batch[$0..<min($0 + endpoint.batchSize, batch.count)])
        }
    }

    private func encode(_ parts: [[String]]) async throws(EncoderError) -> [[Float]] {
        // A batch is an import's, which rather waits than fails: each attempt has the whole timeout.
        let allowance = (endpoint.timeout + Self.maximumRetryDelay) * Self.attempts
        let outcomes = await withTaskGroup(of: PartOutcome.self) { group in
            var outcomes: [PartOutcome] = []
            var waiting = parts.enumerated().makeIterator()
            for _ in 0..<Self.concurrentRequests {
                guard let (place, texts) = waiting.next() else { break }
                group.addTask { await self.encode(part: texts, place, within: allowance) }
            }
            while let outcome = await group.next() {
                outcomes.append(outcome)
                // One failure fails all, so nothing more is asked for.
                guard case .success = outcome.result, let (place, texts) = waiting.next() else { continue }
                group.addTask { await self.encode(part: texts, place, within: allowance) }
            }
            return outcomes
        }
        var vectors: [[Float]] = []
        for outcome in outcomes.sorted(by: { $0.place < $1.place }) { vectors += try outcome.result.get() }
        return vectors
    }

    private struct PartOutcome: Sendable {
        let place: Int
        let result: Result<[[Float]], EncoderError>
    }

    private func encode(part texts: [String], _ place: Int, within allowance: Duration) async -> PartOutcome {
        do throws(EncoderError) {
            return PartOutcome(place: place, result: .success(try await request(texts, within: allowance)))
        } catch {
            return PartOutcome(place: place, result: .failure(error))
        }
    }

    /// Healthy after a success of the last minute, else by encoding a word.
    public func check() async throws(EncoderError) {
        if let success = lastSuccess.withLock({ $0 }), .now - success < Self.healthLifetime { return }
        _ = try await encode("health")
    }

    public func close() async {
        guard isClosed.exchange(true, ordering: .acquiringAndReleasing) == false else { return }
        try? await client.shutdown()
    }

    // MARK: Requests

    private func reserving<Result>(
        _ texts: Int, _ body: () async throws(EncoderError) -> Result
    ) async throws(EncoderError) -> Result {
        guard !isClosed.load(ordering: .acquiring) else { throw .closed }
        let waiting = waitingTexts.wrappingAdd(texts, ordering: .relaxed).newValue
        defer { waitingTexts.wrappingSubtract(texts, ordering: .relaxed) }
        guard waiting <= Self.maximumWaitingTexts || waiting == texts else {
            throw .overloaded(limit: Self.maximumWaitingTexts)
        }
        return try await body()
    }

    private func request(_ texts: [String], within allowance: Duration) async throws(EncoderError) -> [[Float]] {
        if let reason = pause.withLock({ $0.admits(at: .now) ? nil : $0.lastReason }) {
            throw .remoteFailed(url: endpoint.url, reason: reason)
        }
        switch await exchangeWithRetries(texts, within: allowance) {
        case .success(let body):
            pause.withLock { $0.succeeded() }
            do throws(EmbeddingsExchange.Defect) {
                let vectors = try EmbeddingsExchange.vectors(
                    body, count: texts.count, dimension: identity.dimension)
                lastSuccess.withLock { $0 = .now }
                return vectors
            } catch {
                throw .remoteUnusable(url: endpoint.url, reason: error.reason)
            }
        case .failure(let failure):
            if isClosed.load(ordering: .acquiring) { throw .closed }
            pause.withLock { $0.failed(failure.reason, at: .now) }
            throw failure.error(endpoint)
        }
    }

    private func exchangeWithRetries(_ texts: [String], within allowance: Duration) async -> Result<Data, Failure> {
        let deadline = ContinuousClock.now + allowance
        var delay = Self.firstRetryDelay
        var attempt = 1
        while true {
            let timeout = min(endpoint.timeout, deadline - .now)
            let result = await Self.exchange(texts, endpoint, client, timeout: timeout)
            guard case .failure(let failure) = result, failure.isTemporary, attempt < Self.attempts else {
                return result
            }
            let wait = failure.retryAfter ?? delay * Double.random(in: 0.5...1)
            guard wait <= Self.maximumRetryDelay, .now + wait < deadline else { return result }
            do { try await Task.sleep(for: wait) } catch { return result }
            delay *= 2
            attempt += 1
        }
    }

    /// Why one exchange failed.
    struct Failure: Error {
        let reason: String
        /// Whether the same request may succeed later.
        let isTemporary: Bool
        let retryAfter: Duration?

        func error(_ endpoint: RemoteEndpoint) -> EncoderError {
            isTemporary
                ? .remoteFailed(url: endpoint.url, reason: reason)
                : .remoteUnusable(url: endpoint.url, reason: reason)
        }
    }

    /// One request and its reply's body. A service's own words stay out of messages: they may repeat the text.
    private static func exchange(
        _ texts: [String], _ endpoint: RemoteEndpoint, _ client: HTTPClient, timeout: Duration
    ) async -> Result<Data, Failure> {
        do {
            var request = HTTPClientRequest(url: endpoint.url)
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            if let key = endpoint.apiKey { request.headers.add(name: "authorization", value: "Bearer \(key)") }
            let body = EmbeddingsExchange.Request(model: endpoint.model, input: texts)
            request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
            let response = try await client.execute(
                request, timeout: .nanoseconds(max(1, Int64(timeout / .nanoseconds(1)))))
            guard response.status == .ok else {
                let code = response.status.code
                let retryAfter = response.headers.first(name: "retry-after").flatMap { Int($0) }
                return .failure(
                    Failure(
                        reason: "status \(code)", isTemporary: code == 408 || code == 429 || code >= 500,
                        retryAfter: retryAfter.map { .seconds($0) }))
            }
            let reply = try await response.body.collect(upTo: maximumReplyBytes)
            return .success(Data(reply.readableBytesView))
        } catch {
            return .failure(Failure(reason: "\(error)", isTemporary: true, retryAfter: nil))
        }
    }
}
