/// What came of offering an answer.
public enum WarmAdmission: Sendable, Hashable {
    /// Kept, and so many others evicted for it.
    case admitted(evicted: Int)
    case refused(WarmAdmissionRefusal)
}

/// Why an answer was not kept.
public enum WarmAdmissionRefusal: Sendable, Hashable, CustomStringConvertible {
    case expired
    /// Its envelope would exceed 4 MiB.
    case tooLarge
    /// The capacity was lowered and what is over it is still being evicted.
    case full
    case unavailable(WarmUnavailable)

    public var description: String {
        switch self {
        case .expired: "the answer has expired"
        case .tooLarge: "the answer is too large"
        case .full: "the warm tier is shrinking to its capacity"
        case .unavailable(let reason): reason.description
        }
    }
}
