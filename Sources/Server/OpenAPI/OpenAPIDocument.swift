import HTTPTypes
import Knowledge

/// The description of the whole interface as an OpenAPI 3.1 document.
///
/// Its paths are those of the routes that were registered, each told by the `Operation` of its method and path. A route that
/// nobody describes, and a description without a route, are told at the end, where a test looks for them.
package struct OpenAPIDocument {
    private let routes: RouteList
    private let bounds: InterfaceBounds
    private let operations: [Operation]

    init(_ routes: RouteList, _ bounds: InterfaceBounds) {
        self.routes = routes
        self.bounds = bounds
        operations = Operation.all(bounds)
    }

    static let version = "3.1.0"
    /// Reserved for the text: it is some 100 KB long.
    private static let estimatedBytes = 160 << 10

    /// JSON text.
    var bytes: [UInt8] {
        var json = JSONWriter(reserving: Self.estimatedBytes)
        json.object { json in
            json.member("openapi", Self.version)
            json.object("info") { json in
                json.member("title", Wording.service)
                json.member("version", Wording.version)
                json.member("summary", "A tiered hot, warm and cold knowledge cache.")
                json.member("description", Self.introduction)
            }
            json.array("servers") { json in
                json.object { $0.member("url", "/") }
            }
            json.array("tags") { json in
                for tag in Operation.Tag.allCases where operations.contains(where: { $0.tag == tag }) {
                    json.object { json in
                        json.member("name", tag.rawValue)
                        json.member("description", tag.meaning)
                    }
                }
            }
            json.object("paths") { writePaths(to: &$0) }
            json.object("components") { writeComponents(to: &$0) }
            Self.write("x-undescribed", undescribed, to: &json)
            Self.write("x-unrouted", unrouted, to: &json)
        }
        return json.bytes
    }

    private var undescribed: [String] {
        routes.routes.filter { operation($0) == nil }.map { "\($0.method) \($0.pattern)" }
    }

    private var unrouted: [String] {
        let routed = Set(routes.routes.compactMap { operation($0)?.id })
        return operations.map(\.id).filter { !routed.contains($0) }
    }

    private static func write(_ name: StaticString, _ mistakes: [String], to json: inout JSONWriter) {
        guard !mistakes.isEmpty else { return }
        json.array(name) { json in
            for mistake in mistakes { json.element(mistake) }
        }
    }

    private static let introduction = """
        People post the text of a problem and get ranked, known resolutions: from memory when it can, from Redis when \
        it must, from the store when it has to.

        JSON in UTF-8. Unknown fields and query parameters are ignored; a query parameter that is given twice is refused. \
        Times are RFC 3339 in UTC with milliseconds; `*_ms` are milliseconds. A slash at the end of a path changes nothing. \
        What breaks HTTP, is too long or too slow gets 400, 408, 414 or 431 before any operation sees it. \
        `HEAD` is answered wherever `GET` is; a method that a path does not take gets 405 with `Allow`. \
        Every reply has `X-Request-ID`: the one sent, if it has 1 to 128 of `A-Z a-z 0-9 . _ -`, else one of the server's.

        Where keys are required, send one as `X-API-Key` or `Authorization: Bearer`. `x-role` names the role that an \
        operation wants; one without it is open to everybody.
        """

    // MARK: Paths

    private func writePaths(to json: inout JSONWriter) {
        var paths: [String] = []
        for route in routes.routes where !paths.contains(route.pattern) { paths.append(route.pattern) }
        for path in paths {
            let described = routes.routes.filter { $0.pattern == path }
                .compactMap { route in operation(route).map { (route, $0) } }
            guard !described.isEmpty else { continue }
            json.object(named: path) { json in
                for (route, operation) in described {
                    json.object(named: route.method.rawValue.lowercased()) { write(operation, of: route, to: &$0) }
                }
            }
        }
    }

    private func operation(_ route: RouteList.Route) -> Operation? {
        operations.first { Self.fits($0, route) }
    }

    private static func fits(_ operation: Operation, _ route: RouteList.Route) -> Bool {
        guard operation.method == route.method else { return false }
        let path = route.pattern
        let below = path.hasPrefix(Routes.prefix) ? String(path.dropFirst(Routes.prefix.count)) : path
        return operation.path.trimmingRoot == below.trimmingRoot
    }

    private func write(_ operation: Operation, of route: RouteList.Route, to json: inout JSONWriter) {
        let isAlias = !route.pattern.hasPrefix(Routes.prefix)
        json.array("tags") { $0.element(operation.tag.rawValue) }
        json.member("operationId", operation.id + (isAlias ? "AtRoot" : ""))
        json.member("summary", operation.summary)
        json.member("description", operation.meaning)
        if case .holder(let role) = route.access { json.member("x-role", role.rawValue) }
        json.name("security")
        security(route.access).write(to: &json)
        if !operation.parameters.isEmpty {
            json.array("parameters") { json in
                for parameter in operation.parameters { parameter.tree.write(to: &json) }
            }
        }
        if let body = operation.body {
            json.object("requestBody") { json in
                json.member("description", body.meaning)
                json.member("required", body.isRequired)
                Self.write(body.content, to: &json)
            }
        }
        json.object("responses") { json in
            for reply in operation.replies {
                json.object(named: String(reply.status)) { Self.write(reply, to: &$0) }
            }
            for status in operation.statusesOfErrors {
                json.object(named: String(status)) { json in
                    json.member("$ref", "#/components/responses/" + ErrorReplies.name(of: status))
                }
            }
        }
    }

    private func security(_ access: RouteAccess) -> JSONTree {
        guard access != .anyone else { return [] }
        let keys: [JSONTree] = [["ApiKey": []], ["Bearer": []]]
        return .array(bounds.requiresKeys ? keys : [[:]] + keys)
    }

    private static func write(_ content: [Operation.Content], to json: inout JSONWriter) {
        json.object("content") { json in
            for content in content {
                json.object(named: content.mediaType) { json in
                    json.name("schema")
                    content.schema.tree.write(to: &json)
                    guard !content.examples.isEmpty else { return }
                    json.object("examples") { json in
                        for (name, value) in content.examples {
                            json.object(named: name) { json in
                                json.name("value")
                                value.write(to: &json)
                            }
                        }
                    }
                }
            }
        }
    }

    private static func write(_ reply: Operation.Reply, to json: inout JSONWriter) {
        json.member("description", reply.meaning)
        json.object("headers") { json in
            for header in reply.headers {
                json.object(named: header.name) { json in
                    json.member("required", true)
                    json.name("schema")
                    header.schema.tree.write(to: &json)
                }
            }
            json.object("X-Request-ID") { $0.member("$ref", "#/components/headers/X-Request-ID") }
        }
        if !reply.content.isEmpty { write(reply.content, to: &json) }
    }

    // MARK: Components

    private func writeComponents(to json: inout JSONWriter) {
        json.object("schemas") { json in
            for name in SchemaName.allCases {
                json.name(name.rawValue)
                name.schema(bounds).tree.write(to: &json)
            }
        }
        json.object("responses") { json in
            for status in Set(operations.flatMap(\.statusesOfErrors)).sorted() {
                json.name(ErrorReplies.name(of: status))
                ErrorReplies.tree(of: status).write(to: &json)
            }
        }
        json.object("headers") { json in
            json.name("X-Request-ID")
            ErrorReplies.requestID.write(to: &json)
        }
        json.object("securitySchemes") { json in
            json.name("ApiKey")
            JSONTree.object([
                .init("type", "apiKey"), .init("in", "header"), .init("name", "X-API-Key"),
                .init("description", "A key of the form `tc_<id>_<secret>`."),
            ]).write(to: &json)
            json.name("Bearer")
            JSONTree.object([
                .init("type", "http"), .init("scheme", "bearer"),
                .init("description", "The same key, or a JWT with `sub`, `tenant`, `role` and `exp`."),
            ]).write(to: &json)
        }
    }
}

extension Operation.Parameter {
    fileprivate var tree: JSONTree {
        .object([
            .init("name", .string(name)), .init("in", .string(place.rawValue)),
            .init("description", .string(meaning)), .init("required", .bool(isRequired)),
            .init("schema", schema.tree),
        ])
    }
}

extension String {
    /// Without the slash that stands for the root alone.
    fileprivate var trimmingRoot: String { self == "/" ? "" : self }
}
