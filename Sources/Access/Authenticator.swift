public import Knowledge

/// Tells who a caller is by what it sends: a key, or a token where those are configured.
public struct Authenticator: Sendable {
    private let keys: KnownKeys
    private let tokens: TokenVerifier?

    public init(keys: KnownKeys, tokens: TokenVerifier? = nil) {
        self.keys = keys
        self.tokens = tokens
    }

    /// The caller of a good key, or of a token seen before. Costs a hash and a look-up.
    public func knownCaller(for credential: String) -> Caller? {
        if AccessKey(credential) != nil { return keys.caller(for: credential) }
        return tokens?.rememberedCaller(for: credential)
    }

    /// The caller of a token not seen before, whose signature is checked.
    public func newCaller(for credential: String) async -> Caller? {
        guard AccessKey(credential) == nil else { return nil }
        return await tokens?.caller(for: credential)
    }
}
