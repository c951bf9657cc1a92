/// Where the keys come from that tokens are signed with.
public enum TokenKeySource: Sendable, Hashable {
    /// One secret, for HS256.
    case secret(String)
    /// A file with a JSON Web Key Set (RFC 7517) of public keys, each with its `kid` and `alg`.
    case keySet(file: String)

    /// As many bytes as HS256's hash has: a shorter secret is weaker than its signature (RFC 7518, 3.2).
    public static let leastSecretBytes = 32
}
