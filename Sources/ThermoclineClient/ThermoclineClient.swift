import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// A client of a Thermocline server's HTTP API.
///
/// Every call has a deadline (`ClientOptions`) within which what may be repeated is: a question, a read, and any write
/// that ends in the same state however often it is sent, after a failure of any kind; every other write only after a
/// refusal (429, 503), which has changed nothing. A server's `Retry-After` is kept to. Calls throw `ClientError`.
///
/// Any number of tasks may use one client; it keeps connections open between calls. `close` it in the end, or have
/// `withClient` do so: then they have ended when that returns.
public final class ThermoclineClient: Sendable {
    /// Where the server is: "https://knowledge.example.org", without the API's own prefix.
    public let url: String
    public let options: ClientOptions
    let http: HTTPClient
    private let apiKey: String?

    static let prefix = "/api/v1"

    /// - Parameters:
    ///   - url: http or https, with a host, perhaps a port and a path; no password, query or fragment.
    ///   - apiKey: sent as `X-API-Key`; `nil` for a server that requires none.
    /// - Throws: `.unusable` for a URL or a key that cannot be sent.
    public init(url: String, apiKey: String? = nil, options: ClientOptions = ClientOptions()) throws(ClientError) {
        guard let base = Self.base(of: url) else {
            throw .unusable("\(url) is no http or https URL with a host, and without password, query and fragment")
        }
        guard apiKey?.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) != false, apiKey?.isEmpty != true else {
            throw .unusable("the API key has characters that a key does not have")
        }
        self.url = base
        self.apiKey = apiKey
        self.options = options
        var configuration = HTTPClient.Configuration()
        // A redirection would carry text and key to where nobody has sent them.
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(10)
        // Whether to try again is decided here, by what the request may do twice.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = options.connections
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// One that nobody closed ends its connections all the same.
    deinit {
        http.shutdown { _ in }
    }

    /// Runs `body` with a client and closes it, whatever happens.
    public static func withClient<Result>(
        url: String, apiKey: String? = nil, options: ClientOptions = ClientOptions(),
        _ body: (ThermoclineClient) async throws -> Result
    ) async throws -> Result {
        let client = try ThermoclineClient(url: url, apiKey: apiKey, options: options)
        do {
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    /// Ends its connections; calls under way fail. Only the first time does anything.
    public func close() async {
        try? await http.shutdown()
    }

    /// A page of the largest items is below this; so is every other reply that is read whole.
    static let maximumReplyBytes = 32 << 20

    func httpRequest(_ call: Call) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url + Self.prefix + call.path)
        request.method = call.method
        for (name, value) in call.headers { request.headers.add(name: name, value: value) }
        if let apiKey { request.headers.add(name: "x-api-key", value: apiKey) }
        request.body = call.body.map { .bytes(ByteBuffer(bytes: $0)) }
        return request
    }

    private static func base(of url: String) -> String? {
        guard let parts = URLComponents(string: url), ["http", "https"].contains(parts.scheme?.lowercased()),
            parts.host?.isEmpty == false, parts.user == nil, parts.password == nil, parts.query == nil,
            parts.fragment == nil
        else { return nil }
        return String(url.reversed().drop { $0 == "/" }.reversed())
    }
}
