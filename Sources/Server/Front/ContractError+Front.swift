import NIOHTTP1

extension ContractError {
    /// A request that breaks the protocol: what follows on its connection cannot be told apart from it.
    static func malformed(_ message: String) -> ContractError {
        var error = ContractError(400, "MALFORMED_REQUEST", message)
        error.endsConnection = true
        return error
    }

    static func headersTooLarge(_ limits: FrontLimits) -> ContractError {
        var error = ContractError(
            431, "HEADERS_TOO_LARGE",
            """
            A request may have at most \(limits.maximumHeaderCount) header fields, of at most \
            \(limits.maximumHeaderFieldBytes) bytes each and \(limits.maximumHeaderBytes) together
            """)
        error.endsConnection = true
        return error
    }

    static func uriTooLong(_ limits: FrontLimits) -> ContractError {
        var error = ContractError(
            414, "URI_TOO_LONG", "Path and query may have at most \(limits.maximumURIBytes) bytes")
        error.endsConnection = true
        return error
    }

    static func tooSlow(_ message: String) -> ContractError {
        var error = ContractError(408, "REQUEST_TIMEOUT", message)
        error.endsConnection = true
        return error
    }

    static let unknownTransferCoding: ContractError = {
        var error = notImplemented("The only transfer coding that is understood is chunked")
        error.endsConnection = true
        return error
    }()

    static let compressedBody: ContractError = {
        var error = ContractError(
            415, "UNSUPPORTED_CONTENT_ENCODING", "Send the body as it is: compressed bodies are not taken")
        error.acceptedEncoding = "identity"
        return error
    }()

    static let tooManyConnections = unavailable(
        "OVERLOADED", "There are as many connections as the server takes; try again shortly")

    /// What a failure to parse a request tells its sender.
    init(_ error: HTTPParserError, _ limits: FrontLimits) {
        switch error {
        case .headerOverflow: self = .headersTooLarge(limits)
        case .invalidMethod: self = .malformed("The method is not one of HTTP")
        case .invalidURL: self = .malformed("The request target is not valid")
        case .invalidVersion: self = .malformed("The protocol version is not HTTP/1.1 or HTTP/1.0")
        case .invalidHeaderToken: self = .malformed("A header field is not valid")
        case .invalidContentLength: self = .malformed("Content-Length is not a number")
        case .unexpectedContentLength:
            self = .malformed("Content-Length is given more than once, or beside Transfer-Encoding")
        case .invalidChunkSize: self = .malformed("The size of a chunk is not valid")
        case .invalidEOFState, .closedConnection: self = .malformed("The request ended before it was complete")
        default: self = .malformed("The request is not valid HTTP")
        }
    }
}
