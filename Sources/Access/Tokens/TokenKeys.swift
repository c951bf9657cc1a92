import Foundation
import JWTKit

/// The keys that tokens are verified with, each for one algorithm.
struct TokenKeys: Sendable {
    private struct Key: Sendable {
        let algorithm: String
        let verifier: JWTKeyCollection
    }

    /// Why a key set cannot be used.
    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    /// Of a key set's file; hundreds of keys fit.
    static let maximumFileBytes = 1 << 20

    /// By `kid`; the only one of a secret has none.
    private var keys: [String: Key] = [:]
    private var secret: Key?

    init(secret: String) async {
        let verifier = await JWTKeyCollection().add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        self.secret = Key(algorithm: "HS256", verifier: verifier)
    }

    /// - Parameter keySet: JSON of the form of RFC 7517. A key that names no algorithm, or is for encryption, is none of ours.
    init(keySet: Data) async throws(Unusable) {
        let set: JWKS
        do {
            set = try JSONDecoder().decode(JWKS.self, from: keySet)
        } catch {
            throw Unusable(description: "it is no key set of RSA, EC or OKP keys")
        }
        for jwk in set.keys {
            guard let id = jwk.keyIdentifier?.string, let algorithm = jwk.algorithm?.rawValue else {
                throw Unusable(description: "a key has no kid or no alg")
            }
            guard keys[id] == nil else { throw Unusable(description: "two keys have the kid \(id.prefix(64))") }
            do {
                keys[id] = Key(algorithm: algorithm, verifier: try await JWTKeyCollection().add(jwk: jwk))
            } catch {
                throw Unusable(description: "the key \(id.prefix(64)) cannot be used")
            }
        }
        guard !keys.isEmpty else { throw Unusable(description: "it has no keys") }
    }

    /// The claims of a token that one of the keys has signed, by that key's algorithm; `nil` for any other.
    func claims(of token: String) async -> TokenClaims? {
        guard let header = TokenHeader(of: token), header.crit == nil,
            let key = secret ?? header.kid.flatMap({ keys[$0] }), header.alg == key.algorithm
        else { return nil }
        return try? await key.verifier.verify(token, as: TokenClaims.self)
    }
}
