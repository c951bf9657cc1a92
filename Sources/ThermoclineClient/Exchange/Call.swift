import Foundation
import NIOHTTP1

/// One request of the API, before it is sent for the first time.
struct Call: Sendable {
    /// After which failures it may be sent again.
    enum Repetition: Sendable {
        /// Any: twice has the effect of once.
        case afterAnyFailure
        /// Only where the server has refused it, and so has done nothing.
        case afterRefusal
        case never
    }

    let method: HTTPMethod
    /// Below the prefix, with its query.
    let path: String
    var headers: [(name: String, value: String)] = []
    var body: [UInt8]?
    let repetition: Repetition

    init(
        _ method: HTTPMethod, _ path: String, query: [(name: String, value: String?)] = [], repetition: Repetition
    ) {
        self.method = method
        let query = query.compactMap { name, value in value.map { "\(name)=\(Self.escaped($0))" } }
        self.path = path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        self.repetition = repetition
    }

    func sending(_ body: [UInt8], as contentType: String) -> Call {
        var call = self
        call.body = body
        call.headers.append(("content-type", contentType))
        return call
    }

    func mayRepeat(after error: ClientError) -> Bool {
        switch (error, repetition) {
        case (_, .never), (.deadlineExceeded, _), (.cancelled, _), (.unusable, _): false
        case (.refused(let refusal), _) where refusal.status == 429 || refusal.status == 503: true
        // A proxy's: the server behind it may have done it.
        case (.refused(let refusal), .afterAnyFailure): refusal.status == 502 || refusal.status == 504
        case (.unreachable, .afterAnyFailure), (.badReply, .afterAnyFailure): true
        case (.refused, _), (.unreachable, _), (.badReply, _): false
        }
    }

    static let json = "application/json"
    static let ndjson = "application/x-ndjson"

    /// A text as one segment of a path, or one value of a query.
    static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    /// RFC 3986, 2.3.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
