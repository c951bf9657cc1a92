package import HTTPTypes

/// Which web pages of other origins a browser lets read replies (CORS).
package struct CrossOriginPolicy: Sendable {
    /// What pages may read beside the few fields that they always may.
    private static let exposedFields = [
        "ETag", "Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Request-ID",
    ].joined(separator: ", ")
    /// What pages may send.
    private static let sendableFields = [
        "Authorization", "Content-Type", "If-Match", "If-None-Match", "Traceparent", "X-API-Key", "X-Request-ID",
    ].joined(separator: ", ")
    /// How long a browser may remember the answer to a preflight: a change of the setting shows within ten minutes.
    private static let maximumAge = "600"

    private let origins: Set<String>
    private let allowsAny: Bool

    /// - Parameter origins: as `CORS_ORIGINS` has them; `*` alone for any.
    package init(_ origins: [String]) {
        allowsAny = origins == ["*"]
        self.origins = Set(origins.map { $0.lowercased() })
    }

    package func allows(_ origin: String) -> Bool { allowsAny || origins.contains(origin.lowercased()) }

    /// Adds what a browser asks of the reply to a request of `origin`; `nil` for a request without one.
    package func add(to fields: inout HTTPFields, origin: String?) {
        guard !origins.isEmpty else { return }
        // Whether the reply may be read depends on the origin: caches have to keep the two apart.
        if !allowsAny { fields.append(HTTPField(name: .vary, value: "Origin")) }
        guard let origin, allows(origin) else { return }
        if allowsAny {
            // Without credentials, always: else any page could act for whoever is logged in somewhere.
            fields[.accessControlAllowOrigin] = "*"
        } else {
            fields[.accessControlAllowOrigin] = origin
            fields[.accessControlAllowCredentials] = "true"
        }
        fields[.accessControlExposeHeaders] = Self.exposedFields
    }

    /// What the answer to a preflight has beside that.
    package func preflight(methods: [String]) -> HTTPFields {
        var fields = HTTPFields()
        fields[.accessControlAllowMethods] = methods.joined(separator: ", ")
        fields[.accessControlAllowHeaders] = Self.sendableFields
        fields[.accessControlMaxAge] = Self.maximumAge
        return fields
    }

    /// Whether `origin` is the page's own server.
    package static func isSame(_ origin: String, as request: HTTPRequest) -> Bool {
        guard let authority = request.authority, let end = origin.firstRange(of: "://") else { return false }
        return origin[end.upperBound...].lowercased() == authority.lowercased()
    }

    /// Whether a setting's entry is an origin: scheme and host, with a port or without, and no more.
    package static func isOrigin(_ text: String) -> Bool {
        guard let match = text.wholeMatch(of: /https?:\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.\-]+)(?::([0-9]{1,5}))?/)
        else { return false }
        return match.2.map { (1...65_535).contains(Int($0) ?? 0) } ?? true
    }
}
