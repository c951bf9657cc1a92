import Foundation

/// Where Redis is and how to sign in, as read from `REDIS_URL`.
///
/// - `redis://[[user]:password@]host[:port][/database]`
/// - `unix:///path/to.sock[?db=2]`, also written `redis+unix://`, with `[user]:password@` before the path or
///   `&password=` after it
///
/// User, password and path may be percent-encoded. The description never holds the password.
public struct RedisAddress: Sendable, Hashable, CustomStringConvertible {
    public enum Endpoint: Sendable, Hashable {
        case tcp(host: String, port: Int)
        case unixSocket(path: String)
    }

    public static let defaultPort = 6379
    /// A socket's path has to fit `sockaddr_un` with its closing zero.
    public static let maximumSocketPathBytes = 107

    public let endpoint: Endpoint
    /// `nil` signs in as Redis' default user.
    public let user: String?
    public let password: String?
    public let database: Int

    public init(endpoint: Endpoint, user: String? = nil, password: String? = nil, database: Int = 0) {
        self.endpoint = endpoint
        self.user = user
        self.password = password
        self.database = database
    }

    public init(url: String) throws(RedisAddressError) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased() else {
            throw RedisAddressError(url: url, problem: "is not a URL")
        }
        switch scheme {
        case "redis": self = try Self(tcp: parts, url: url)
        case "unix", "redis+unix": self = try Self(unixSocket: parts, url: url)
        case "rediss": throw RedisAddressError(url: url, problem: "asks for TLS, which is not supported")
        default: throw RedisAddressError(url: url, problem: "has an unknown scheme")
        }
    }

    private init(tcp parts: URLComponents, url: String) throws(RedisAddressError) {
        guard let host = parts.host, !host.isEmpty else { throw RedisAddressError(url: url, problem: "names no host") }
        let port = parts.port ?? Self.defaultPort
        guard (1...65_535).contains(port) else { throw RedisAddressError(url: url, problem: "has a wrong port") }
        let path = parts.path.drop { $0 == "/" }
        // An IPv6 address stands in brackets in a URL and without them everywhere else.
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        self.init(
            endpoint: .tcp(host: bare, port: port), user: parts.signInUser, password: parts.signInPassword,
            database: try Self.database(path.isEmpty ? parts.value(of: "db") : String(path), url: url))
    }

    private init(unixSocket parts: URLComponents, url: String) throws(RedisAddressError) {
        guard (parts.host ?? "").isEmpty, parts.path.hasPrefix("/"), parts.path.utf8.count > 1 else {
            throw RedisAddressError(url: url, problem: "names no absolute path of a socket")
        }
        guard parts.path.utf8.count <= Self.maximumSocketPathBytes else {
            throw RedisAddressError(
                url: url, problem: "has a path longer than the \(Self.maximumSocketPathBytes) bytes of a socket's")
        }
        self.init(
            endpoint: .unixSocket(path: parts.path), user: parts.signInUser,
            password: parts.signInPassword ?? parts.value(of: "password"),
            database: try Self.database(parts.value(of: "db"), url: url))
    }

    private static func database(_ text: String?, url: String) throws(RedisAddressError) -> Int {
        guard let text else { return 0 }
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(text)
        else { throw RedisAddressError(url: url, problem: "has a database that is not a number") }
        return number
    }

    public var description: String {
        switch endpoint {
        case .tcp(let host, let port):
            "redis://\(host.contains(":") ? "[\(host)]" : host):\(port)/\(database)"
        case .unixSocket(let path): "unix://\(path)?db=\(database)"
        }
    }
}

/// Why a URL is no address of a Redis: one line that names what is allowed and hides the password.
public struct RedisAddressError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(url: String, problem: String) {
        description =
            "\"\(Self.hidingPassword(url))\" \(problem); allowed: redis://[user:password@]host:port/db "
            + "or unix:///path/to.sock?db=N"
    }

    /// What stands between the scheme and the last `@`, and all parameters, may hold a password.
    private static func hidingPassword(_ url: String) -> String {
        var shown = url[...]
        if let parameters = shown.firstIndex(of: "?") { shown = shown[..<parameters] + "?***" }
        guard let at = shown.lastIndex(of: "@") else { return String(shown) }
        let start = shown.range(of: "://")?.upperBound ?? shown.startIndex
        guard start <= at else { return "***" }
        return shown[..<start] + "***" + shown[at...]
    }
}

extension URLComponents {
    fileprivate var signInUser: String? { user.flatMap { $0.isEmpty ? nil : $0 } }
    fileprivate var signInPassword: String? { password.flatMap { $0.isEmpty ? nil : $0 } }

    fileprivate func value(of parameter: String) -> String? {
        queryItems?.first { $0.name == parameter }?.value
    }
}
