import Foundation

/// What a token says of its own signature. Nothing of it is believed: it has to say what is configured.
struct TokenHeader: Decodable {
    let alg: String
    let kid: String?
    /// Extensions that must be understood (RFC 7515, 4.1.11): there are none.
    let crit: [String]?

    /// `nil` for what is no token.
    init?(of token: String) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Data(base64URL: parts[0]),
            let header = try? JSONDecoder().decode(TokenHeader.self, from: bytes)
        else { return nil }
        self = header
    }
}

extension Data {
    fileprivate init?(base64URL text: Substring) {
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.count % 4) % 4)
        self.init(base64Encoded: String(base64))
    }
}
