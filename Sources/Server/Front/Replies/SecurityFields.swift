package import HTTPTypes

/// What tells browsers to do no more with a reply than it is meant for.
package struct SecurityFields: Sendable {
    /// A year: browsers that have seen the server encrypted do not speak to it in the clear again.
    private static let strictTransport = "max-age=31536000"

    /// Of every reply, unless its route says otherwise.
    package let fields: HTTPFields

    /// - Parameter isSecure: whether this server encrypts. Behind a proxy that does, the proxy says so.
    package init(isSecure: Bool) {
        var fields = HTTPFields()
        // What is answered today may be invalid tomorrow, and is this caller's: no cache but ours may keep it.
        fields[.cacheControl] = "no-store"
        // A reply is data: shown as a page it may run and load nothing. Our own pages bring a policy of theirs.
        fields[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        if let name = HTTPField.Name("Referrer-Policy") { fields[name] = "no-referrer" }
        fields[.xContentTypeOptions] = "nosniff"
        if isSecure { fields[.strictTransportSecurity] = Self.strictTransport }
        self.fields = fields
    }

    package func add(to reply: inout HTTPFields) {
        for field in fields where !reply.contains(field.name) { reply.append(field) }
    }
}
