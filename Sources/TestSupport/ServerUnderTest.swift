import Access
import AsyncHTTPClient
public import Embedding
public import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Pipeline
public import Server

/// A started server of one test, on a port and in a folder of its own, spoken to over a real socket.
public final class ServerUnderTest: Sendable {
    public let place: ServerFile
    public let directory: TemporaryDirectory
    public let redis: RedisProcess?
    /// The first operator's key, sent with every request that does not say otherwise; `nil` where none is required.
    public let operatorKey: String?
    /// The settings that it was given.
    public let environment: [String: String]
    private let serving: Task<Void, any Error>
    private let client: HTTPClient

    /// Settings that require keys, without a limit of their callers' rates: tests ask a lot.
    public static let keysRequired = ["API_KEY_REQUIRED": "true", "RATE_LIMIT_PER_MINUTE": "0"]

    /// Starts the server and returns when it answers.
    ///
    /// - Parameters:
    ///   - redis: `nil` runs without a warm tier.
    ///   - environment: settings beside those that keep the test to itself.
    ///   - encoder: `nil` for the one that the settings name.
    ///   - frontLimits: of connections.
    public init(
        redis: RedisProcess? = nil, environment: [String: String] = [:], directory: TemporaryDirectory? = nil,
        encoder: (any Encoder)? = nil, frontLimits: FrontLimits = FrontLimits()
    ) async throws {
        let directory = try directory ?? TemporaryDirectory()
        self.directory = directory
        self.redis = redis
        var values = [
            "HOST": "127.0.0.1", "PORT": "0", "DATA_DIR": directory.path, "LOG_LEVEL": "critical",
            "REDIS_URL": redis.map { "unix://" + $0.socketPath } ?? "off",
            // A test asks more often than a caller may by default.
            "RATE_LIMIT_PER_MINUTE": "0",
        ]
        for name in ["MODEL_PATH", "MODEL_CACHE_DIR"] {
            values[name] = ProcessInfo.processInfo.environment[name]
        }
        self.environment = values.merging(environment) { $1 }
        let loaded = try SettingsSource(environment: self.environment).load()
        var loadEncoder: EncoderSlot.Load?
        if let encoder { loadEncoder = { () async throws(EncoderError) -> any Encoder in encoder } }
        let load = loadEncoder
        let (places, announcement) = AsyncThrowingStream<ServerFile, any Error>.makeStream()
        serving = Task {
            do {
                try await ThermoclineServer.run(
                    loaded.settings, sources: loaded, loadEncoder: load, frontLimits: frontLimits, stopsOnSignals: false
                ) {
                    announcement.yield($0)
                }
                announcement.finish()
            } catch {
                announcement.finish(throwing: error)
                throw error
            }
        }
        var iterator = places.makeAsyncIterator()
        guard let place = try await iterator.next() else { throw Failure.endedAtOnce }
        self.place = place
        operatorKey = Self.operatorKey(in: directory)
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.maximumConnections
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// The key that the first start with `API_KEY_REQUIRED` left.
    private static func operatorKey(in directory: TemporaryDirectory) -> String? {
        (try? String(contentsOfFile: directory.path + "/" + AccessStore.firstKeyFileName, encoding: .utf8))?
            .trimmingCharacters(in: .newlines)
    }

    public enum Failure: Error {
        case endedAtOnce
    }

    /// Runs `body` with a started server and ends the server, whatever happens.
    public static func serving<Result>(
        redis: RedisProcess? = nil, environment: [String: String] = [:], encoder: (any Encoder)? = nil,
        frontLimits: FrontLimits = FrontLimits(), _ body: (ServerUnderTest) async throws -> Result
    ) async throws -> Result {
        let server = try await ServerUnderTest(
            redis: redis, environment: environment, encoder: encoder, frontLimits: frontLimits)
        do {
            let result = try await body(server)
            try await server.stop()
            return result
        } catch {
            try await server.stop()
            throw error
        }
    }

    /// Asks the server to end, as a signal does, and returns at once.
    public func beginStop() { serving.cancel() }

    /// Ends the server, as a signal does, and returns when it has ended. Throws what it ended with.
    public func stop() async throws {
        beginStop()
        let result = await serving.result
        try await client.shutdown()
        try result.get()
    }

    /// A reply, read whole.
    public struct Reply: Sendable {
        public let status: Int
        let headers: HTTPHeaders
        public let body: Data

        /// The first value of a header field, whatever the case of its name.
        public func header(_ name: String) -> String? { headers.first(name: name) }

        public var text: String { String(decoding: body, as: UTF8.self) }

        /// The body as a JSON object; empty when it is none.
        public var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:]
        }

        /// The body as JSON objects, one a line.
        public var lines: [[String: Any]] {
            body.split(separator: UInt8(ascii: "\n")).map { line in
                (try? JSONSerialization.jsonObject(with: Data(line))) as? [String: Any] ?? [:]
            }
        }
    }

    /// As many as a test asks at once; the client's own limit is 8.
    private static let maximumConnections = 128
    private static let timeout = TimeAmount.seconds(30)
    private static let maximumReplyBytes = 64 << 20

    /// Who a request is from.
    public enum Sender: Sendable {
        /// With the operator's key, where keys are required.
        case `operator`
        case key(String)
        case token(String)
        case nobody
    }

    /// - Parameters:
    ///   - body: sent with `contentType` unless `nil`.
    public func send(
        _ method: String, _ path: String, body: String? = nil, contentType: String? = "application/json",
        headers: [(String, String)] = [], as sender: Sender = .operator
    ) async throws -> Reply {
        try await send(
            method, path, bytes: body.map { Data($0.utf8) }, contentType: contentType, headers: headers, as: sender)
    }

    public func send(
        _ method: String, _ path: String, bytes: Data?, contentType: String?, headers: [(String, String)] = [],
        as sender: Sender = .operator
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: place.url + path)
        request.method = HTTPMethod(rawValue: method)
        switch sender {
        case .operator: if let operatorKey { request.headers.add(name: "x-api-key", value: operatorKey) }
        case .key(let key): request.headers.add(name: "x-api-key", value: key)
        case .token(let token): request.headers.add(name: "authorization", value: "Bearer " + token)
        case .nobody: break
        }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        if let bytes {
            request.body = .bytes(ByteBuffer(bytes: bytes))
            if let contentType { request.headers.replaceOrAdd(name: "content-type", value: contentType) }
        }
        let response = try await client.execute(request, timeout: Self.timeout)
        let received = try await response.body.collect(upTo: Self.maximumReplyBytes)
        return Reply(
            status: Int(response.status.code), headers: response.headers, body: Data(received.readableBytesView))
    }

    /// Gets `path`, and does `meanwhile` between the first piece of the reply and the rest.
    public func get(_ path: String, meanwhile: () async throws -> Void) async throws -> Reply {
        let response = try await client.execute(HTTPClientRequest(url: place.url + path), timeout: Self.timeout)
        var body = Data()
        for try await piece in response.body {
            if body.isEmpty { try await meanwhile() }
            body.append(contentsOf: piece.readableBytesView)
        }
        return Reply(status: Int(response.status.code), headers: response.headers, body: body)
    }

    /// A request whose body is sent piece by piece; `nil` ends it.
    public func stream(
        _ path: String, contentType: String
    ) -> (send: @Sendable (String?) -> Void, reply: Task<Reply, any Error>) {
        let (pieces, sender) = AsyncStream<ByteBuffer>.makeStream()
        let reply = Task { [client, operatorKey, url = place.url + path] in
            var request = HTTPClientRequest(url: url)
            request.method = .POST
            request.headers.add(name: "content-type", value: contentType)
            if let operatorKey { request.headers.add(name: "x-api-key", value: operatorKey) }
            request.body = .stream(pieces, length: .unknown)
            let response = try await client.execute(request, timeout: Self.timeout)
            let received = try await response.body.collect(upTo: Self.maximumReplyBytes)
            return Reply(
                status: Int(response.status.code), headers: response.headers, body: Data(received.readableBytesView))
        }
        return ({ if let piece = $0 { sender.yield(ByteBuffer(string: piece)) } else { sender.finish() } }, reply)
    }

    /// The value of a metric; 0 while there is none of that name and those labels.
    public func metric(_ nameAndLabels: String) async throws -> Double {
        let page = try await get("/api/v1/metrics").text
        let line = page.split(separator: "\n").first { $0.hasPrefix(nameAndLabels + " ") }
        return line.flatMap { Double($0.dropFirst(nameAndLabels.count + 1)) } ?? 0
    }

    public func get(_ path: String) async throws -> Reply { try await send("GET", path) }

    public func post(_ path: String, _ body: String) async throws -> Reply { try await send("POST", path, body: body) }

    public func ask(_ text: String, _ fields: String = "") async throws -> Reply {
        try await post("/api/v1/troubleshoot", #"{"text":"\#(text)"\#(fields.isEmpty ? "" : ",")\#(fields)}"#)
    }
}
