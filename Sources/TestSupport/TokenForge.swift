public import Crypto
public import Foundation

/// Makes JSON Web Tokens, good and bad ones, without the library that the server verifies them with.
public enum TokenForge {
    public static let secret = "a secret of forty bytes, for tests alone"

    /// A token signed with a secret by HS256, whatever its header says.
    public static func hs256(
        _ claims: [String: Any], secret: String = secret, header: [String: Any] = ["alg": "HS256", "typ": "JWT"]
    ) throws -> String {
        let signed = try signedPart(header, claims)
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(signed.utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return signed + "." + base64URL(Data(code))
    }

    /// A token signed by ES256.
    public static func es256(
        _ claims: [String: Any], key: P256.Signing.PrivateKey, kid: String, alg: String = "ES256"
    ) throws -> String {
        let signed = try signedPart(["alg": alg, "kid": kid], claims)
        return signed + "." + base64URL(try key.signature(for: Data(signed.utf8)).rawRepresentation)
    }

    public static func unsigned(_ claims: [String: Any], alg: String = "none") throws -> String {
        try signedPart(["alg": alg], claims) + "."
    }

    /// A key set of public keys by their ids.
    public static func keySet(_ keys: [String: P256.Signing.PublicKey]) throws -> Data {
        let entries = keys.map { id, key in
            let point = key.rawRepresentation
            return [
                "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": id,
                "x": base64URL(point.prefix(32)), "y": base64URL(point.suffix(32)),
            ]
        }
        return try JSONSerialization.data(withJSONObject: ["keys": entries])
    }

    private static func signedPart(_ header: [String: Any], _ claims: [String: Any]) throws -> String {
        base64URL(try JSONSerialization.data(withJSONObject: header)) + "."
            + base64URL(try JSONSerialization.data(withJSONObject: claims))
    }

    static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}
