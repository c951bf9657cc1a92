import HTTPTypes
import Knowledge

/// What a client is told when its request is not answered as asked. Everything in it is meant for the client.
package struct ContractError: Error, Sendable {
    package let status: Int
    /// For programs: "VALIDATION", "NOT_FOUND", …
    package let code: String
    /// For people.
    package let message: String
    /// Of a 422: what is wrong with which field.
    package var violations: [FieldViolation] = []
    /// Further facts for programs, by name.
    var details: [(name: String, value: String)] = []
    /// Methods that the path does take.
    var allowedMethods: [String] = []
    var retryAfterSeconds: Int?
    /// Of a body that would have to be decompressed: how to send it instead.
    var acceptedEncoding: String?
    /// Of a caller with a limit: what is left of it.
    var limitFields: HTTPFields = [:]
    /// The rest of the request is not worth reading: the connection ends with the reply.
    var endsConnection = false

    init(_ status: Int, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    /// The one shape of every error.
    package func body(requestID: String) -> [UInt8] {
        var json = JSONWriter(reserving: 256)
        json.object { json in
            if violations.isEmpty {
                json.member("detail", message)
            } else {
                json.array("detail") { json in
                    for violation in violations { violation.write(to: &json) }
                }
            }
            json.object("error") { json in
                json.member("code", code)
                json.member("message", message)
                json.object("details") { json in
                    for detail in details { json.member(named: detail.name, detail.value) }
                }
                json.member("request_id", requestID)
            }
        }
        return json.bytes
    }
}

extension ContractError {
    static func invalid(_ violations: [FieldViolation]) -> ContractError {
        let fields = violations.map { violation in
            violation.location.map { step in
                switch step {
                case .field(let name): name
                case .index(let index): String(index)
                }
            }.joined(separator: ".")
        }
        let first = violations.first?.message ?? "The request is not valid"
        var error = ContractError(422, "VALIDATION", fields.first.map { "\($0): \(first)" } ?? first)
        error.violations = violations
        return error
    }

    static func invalid(_ violation: FieldViolation) -> ContractError { invalid([violation]) }

    static func senseless(_ message: String) -> ContractError { ContractError(400, "BAD_REQUEST", message) }

    /// The same for every reason. A reply with it names how to do better in `WWW-Authenticate`.
    static let unauthenticated = ContractError(
        401, "UNAUTHORIZED", "Send a valid key as X-API-Key, or a key or token as Authorization: Bearer")
    static func tooManyFailures(retryAfterSeconds: Int) -> ContractError {
        var error = ContractError(429, "RATE_LIMITED", "Too many bad keys or tokens came from this address")
        error.retryAfterSeconds = retryAfterSeconds
        return error
    }

    static let roleMissing = forbidden("This needs a role that the key or token does not have")

    static func forbidden(_ message: String) -> ContractError { ContractError(403, "FORBIDDEN", message) }
    package static func notFound(_ message: String) -> ContractError { ContractError(404, "NOT_FOUND", message) }

    static func methodNotAllowed(_ allowed: [String]) -> ContractError {
        var error = ContractError(
            405, "METHOD_NOT_ALLOWED", "This path takes " + allowed.joined(separator: ", ") + " only")
        error.allowedMethods = allowed
        return error
    }

    /// `current` is the version stored, `nil` when there is no item any more.
    static func conflict(_ message: String, current: Int? = nil) -> ContractError {
        var error = ContractError(409, "CONFLICT", message)
        if let current { error.details = [("version", String(current))] }
        return error
    }

    static func bodyTooLarge(limit: Int) -> ContractError {
        var error = ContractError(413, "BODY_TOO_LARGE", "A request body may have at most \(limit) bytes")
        error.endsConnection = true
        return error
    }

    static func wrongMediaType(wanted: String) -> ContractError {
        ContractError(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body with Content-Type: \(wanted)")
    }

    static func notImplemented(_ message: String) -> ContractError {
        ContractError(501, "NOT_IMPLEMENTED", message)
    }

    static func unavailable(_ code: String, _ message: String) -> ContractError {
        var error = ContractError(503, code, message)
        error.retryAfterSeconds = 1
        return error
    }

    static let shuttingDown: ContractError = {
        var error = unavailable("SHUTTING_DOWN", "The server is shutting down")
        error.endsConnection = true
        return error
    }()

    /// What stands in for every error that is ours: its text stays in the log, found by the request id.
    static let `internal` = ContractError(500, "INTERNAL", "The server failed to answer; its log says why")
}
