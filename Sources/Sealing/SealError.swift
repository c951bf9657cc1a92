/// Why something did not open.
public enum SealError: Error, Sendable, Hashable, CustomStringConvertible {
    /// It is no sealed value of a version that this program knows.
    case notSealed
    /// It was sealed by a key that is not in the ring.
    case unknownKey(SealingKey.ID)
    /// It was altered, or sealed in another context.
    case broken
    /// More bytes than AES-GCM takes.
    case tooLong

    public var description: String {
        switch self {
        case .notSealed: "it is not sealed"
        case .unknownKey(let id): "it is sealed by key \(id), which is not given"
        case .broken: "its seal is broken: it was altered, or it belongs elsewhere"
        case .tooLong: "it is too long to be sealed"
        }
    }
}
