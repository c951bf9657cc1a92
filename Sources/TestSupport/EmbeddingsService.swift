import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A service of `/v1/embeddings` on a port of its own: vectors that depend on the text alone, and faults on demand.
public final class EmbeddingsService: Sendable {
    /// What it does with the next requests.
    public enum Behaviour: Sendable {
        case answers
        /// This status for so many requests, then answers again.
        case fails(status: Int, times: Int, retryAfter: Int? = nil)
        /// Vectors of another dimension, in every reply.
        case answersWithDimension(Int)
        case answersNonsense
        /// Refuses requests in which a text has this word; answers the others.
        case refuses(word: String)
    }

    public let dimension: Int
    public let url: String
    private let serving: Task<Void, any Error>
    private let state: Board

    private final class Board: Sendable {
        let values = Mutex((behaviour: Behaviour.answers, batches: [[String]](), keys: Set<String>()))
    }

    public init(dimension: Int) async throws {
        self.dimension = dimension
        let board = Board()
        state = board
        let router = Router()
        router.post("/v1/embeddings") { request, _ in
            let body = try await request.body.collect(upTo: 16 << 20)
            return try Self.reply(to: Data(body.readableBytesView), request.headers[.authorization], dimension, board)
        }
        let (ports, announcement) = AsyncStream<Int>.makeStream()
        // It tells as an error of every connection that a stop cuts.
        var quiet = Logger(label: "embeddings")
        quiet.logLevel = .critical
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in announcement.yield(channel.localAddress?.port ?? 0) }, logger: quiet)
        serving = Task { try await application.run() }
        var iterator = ports.makeAsyncIterator()
        url = "http://127.0.0.1:\(await iterator.next() ?? 0)/v1/embeddings"
    }

    /// Texts of the requests so far that were answered or refused.
    public var batches: [[String]] { state.values.withLock { $0.batches } }
    /// `Authorization` of the requests so far.
    public var keys: Set<String> { state.values.withLock { $0.keys } }

    public func set(_ behaviour: Behaviour) { state.values.withLock { $0.behaviour = behaviour } }

    public func stop() async {
        serving.cancel()
        _ = await serving.result
    }

    private static func reply(
        to body: Data, _ key: String?, _ dimension: Int, _ board: Board
    ) throws -> Response {
        let object = try JSONSerialization.jsonObject(with: body) as? [String: Any]
        let texts = object?["input"] as? [String] ?? []
        var dimension = dimension
        let behaviour = board.values.withLock { values in
            values.batches.append(texts)
            if let key { values.keys.insert(key) }
            let behaviour = values.behaviour
            if case .fails(let status, let times, let retryAfter) = behaviour {
                values.behaviour =
                    times > 1 ? .fails(status: status, times: times - 1, retryAfter: retryAfter) : .answers
            }
            return behaviour
        }
        switch behaviour {
        case .fails(let status, _, let retryAfter):
            return Response(
                status: .init(code: status), headers: retryAfter.map { [.retryAfter: "\($0)"] } ?? [:],
                body: .init(byteBuffer: ByteBuffer(string: "the text was: \(texts.first ?? "")")))
        case .answersNonsense:
            return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "<html>")))
        case .answersWithDimension(let other): dimension = other
        case .refuses(let word) where texts.contains { $0.contains(word) }: return Response(status: .badRequest)
        case .answers, .refuses: break
        }
        // In another order than asked, as the protocol allows.
        let data = texts.enumerated().reversed().map { index, text in
            ["index": index, "embedding": vector(of: text, dimension: dimension)] as [String: Any]
        }
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: try JSONSerialization.data(withJSONObject: ["data": data]))))
    }

    /// Texts that share words lie close: each word adds a direction of its own. Not of length 1.
    private static func vector(of text: String, dimension: Int) -> [Double] {
        var sum = [Double](repeating: 0, count: dimension)
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            let seed = word.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
            var generator = SeededGenerator(seed: seed)
            for place in sum.indices { sum[place] += Double.random(in: -1...1, using: &generator) }
        }
        return sum
    }
}
