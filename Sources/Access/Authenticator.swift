public import Knowledge

/// Tells who a caller is by what it sends.
public struct Authenticator: Sendable {
    private let keys: KeyRing

    public init(keys: KeyRing) {
        self.keys = keys
    }

    /// - Parameter credential: a key, as it came.
    /// - Returns: `nil` for whatever does not let anyone in; why is nobody's business.
    public func caller(for credential: String) -> Caller? {
        keys.caller(for: credential)
    }
}
