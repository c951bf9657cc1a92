import Knowledge

/// The replies that tell what is wrong: one shape, an example for each status that the real error makes.
enum ErrorReplies {
    static func name(of status: Int) -> String { "Error\(status)" }

    static let requestID: JSONTree = .object([
        .init("description", "Names the request in replies and logs: the client's own if it sent a sane one."),
        .init("required", true),
        .init("schema", JSONSchema.text(characters: 1...RequestID.maximumLength, pattern: "^[A-Za-z0-9._-]+$").tree),
    ])

    private static let wholeNumber = JSONSchema.whole(in: 0...Int.max)

    private static let meanings: [Int: String] = [
        400: "Well-formed, but senseless; or no HTTP, and the connection ends.",
        401: "No key, or a wrong one.",
        403: "The role does not suffice, or the caller is not let in at all.",
        404: "There is nothing of that name.",
        408: "The request did not arrive in time. The connection ends.",
        409: "It cannot be done as things are: another version is stored, or something is taken or under way.",
        413: "The body is larger than allowed. The connection ends.",
        414: "Path and query are too long. The connection ends.",
        415: "The body is of another media type than the operation takes.",
        422: "A field or parameter is not valid; `detail` lists what is wrong with which.",
        429: "More is asked than the caller may.",
        431: "The header fields are too many or too long. The connection ends.",
        500: "A failure of the server, whose log says more under the request's id.",
        501: "Not implemented.",
        503: "Not at the moment: the server is shutting down, overloaded, or lacks a part that this needs.",
    ]

    /// The error of each status that stands as its example; what is said is what the server says.
    private static func example(_ status: Int) -> ContractError {
        switch status {
        case 400: .senseless("The body is no list of 32-bit floats")
        case 401: .unauthenticated
        case 403: .roleMissing
        case 404: .notFound("There is no such item")
        case 408: .tooSlow("The body did not arrive in time")
        case 409: .conflict("The item has another version", current: 3)
        case 413: .bodyTooLarge(limit: RequestBodyLimits.maximumBytes)
        case 414: .uriTooLong(FrontLimits())
        case 415: .wrongMediaType(wanted: MediaTypes.json)
        case 422: .invalid(.missing(at: [.field("body"), .field("text")]))
        case 429: ContractError(429, "RATE_LIMITED", "Too many requests; try again later")
        case 431: .headersTooLarge(FrontLimits())
        case 501: .notImplemented(TrainRoutes.message)
        case 503: .unavailable("OVERLOADED", "More is being asked than the server takes on; try again shortly")
        default: .internal
        }
    }

    static func tree(of status: Int) -> JSONTree {
        var headers: [JSONTree.Member] = []
        if status == 401 { headers.append(header("WWW-Authenticate", "How to do better.", .word("", ["Bearer"]))) }
        if [429, 503].contains(status) {
            headers.append(header("Retry-After", "Seconds after which to try again.", wholeNumber))
        }
        if status == 429 {
            headers.append(header("X-RateLimit-Limit", "Tokens that a full bucket has.", wholeNumber, isSure: false))
            headers.append(header("X-RateLimit-Remaining", "Tokens left.", wholeNumber, isSure: false))
            headers.append(header("X-RateLimit-Reset", "Seconds until it is full again.", wholeNumber, isSure: false))
        }
        headers.append(.init("X-Request-ID", ["$ref": "#/components/headers/X-Request-ID"]))
        let schema: SchemaName = status == 422 ? .validationError : .error
        let body = String(decoding: example(status).body(requestID: "1f3a-2c"), as: UTF8.self)
        let media: JSONTree = .object([
            .init("schema", JSONSchema.named(schema).tree),
            .init("examples", ["sample": .object([.init("value", .text(body))])]),
        ])
        return .object([
            .init("description", .string(meanings[status] ?? "An error.")),
            .init("headers", .object(headers)),
            .init("content", .object([.init(MediaTypes.json, media)])),
        ])
    }

    private static func header(
        _ name: String, _ meaning: String, _ schema: JSONSchema, isSure: Bool = true
    ) -> JSONTree.Member {
        .init(
            name,
            .object([
                .init("description", .string(meaning)), .init("required", .bool(isSure)), .init("schema", schema.tree),
            ]))
    }

    // MARK: Schemas

    static let error = JSONSchema.object(
        "What every error looks like.",
        [
            .init("detail", .text("For people; the same as `error.message`.")),
            .init("error", inner),
        ])

    static let validationError = JSONSchema.object(
        "What is wrong with the fields of a request.",
        [
            .init("detail", .list("One entry for each thing that is wrong.", of: violation)),
            .init("error", inner),
        ])

    private static let inner = JSONSchema.object(
        "",
        [
            .init("code", .text("For programs.", pattern: "^[A-Z_]+$").example("VALIDATION")),
            .init("message", .text("For people.")),
            .init("details", .table("Further facts for programs, by name.", of: .text())),
            .init("request_id", .text("The same as `X-Request-ID`.")),
        ])

    private static let violation = JSONSchema.object(
        "",
        [
            .init(
                "type",
                .text(
                    "What kind of mistake: `missing`, `string_too_short`, `string_too_long`, `string_type`, `list_type`, "
                        + "`json_invalid`, …")),
            .init(
                "loc",
                .list(
                    "Where: `body` or `query`, then names and places in lists.",
                    of: .any("", of: [.text(), .whole()]))),
            .init("msg", .text("For people.")),
            .optional(
                "input",
                .any(
                    "What was sent, where it is short and no list or object.",
                    of: [
                        .text(characters: 0...FieldViolation.maximumEchoedCharacters), .number(), .flag(),
                        .nothing,
                    ])),
        ])
}
