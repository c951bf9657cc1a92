package import HTTPTypes

/// Keeps a server that asks for no keys to callers of this very machine.
///
/// A server on loopback can still be reached from afar: through a proxy that forwards to it, or by a web page
/// whose host name was made to resolve to 127.0.0.1. The first adds forwarding headers; the second sends its own
/// name as `Host`. Both are refused, unless the operator allowed anonymous callers.
package struct LocalGate: Sendable {
    private let allowsAnonymous: Bool

    /// - Parameter allowsAnonymous: also true where keys tell who is let in.
    package init(allowsAnonymous: Bool) {
        self.allowsAnonymous = allowsAnonymous
    }

    package func check(_ request: HTTPRequest) throws(ContractError) {
        guard !allowsAnonymous else { return }
        for field in request.headerFields where Self.isForwarding(field.name.canonicalName) {
            throw .forbidden("This server takes no keys, so it answers no requests that come through a proxy")
        }
        guard let authority = request.authority, LoopbackAddress.matches(Self.host(of: authority)) else {
            throw .forbidden("This server takes no keys, so it answers for local hosts only")
        }
    }

    private static func isForwarding(_ name: String) -> Bool {
        name == "forwarded" || name == "x-real-ip" || name.hasPrefix("x-forwarded-")
    }

    /// The host of `host`, `host:port`, `[v6]` or `[v6]:port`.
    private static func host(of authority: String) -> Substring {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") { return authority[...end] }
        return authority.prefix { $0 != ":" }
    }
}
