import JWTKit

/// What a token says: who, of which tenant, in which role, until when (RFC 7519).
struct TokenClaims: JWTPayload {
    let sub: String
    let tenant: String
    let role: String
    /// Seconds since 1970, as `nbf`.
    let exp: Double
    let nbf: Double?

    /// Times are checked by whoever has the clock (see `TokenVerifier`).
    func verify(using algorithm: some JWTAlgorithm) {}
}
