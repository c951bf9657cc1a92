/// Why a call failed.
public enum ClientError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The server answered with an error, and would not take the call in any attempt that there was.
    case refused(Refusal)
    /// No connection, or one that broke before the reply was whole. A write may have been done.
    case unreachable(reason: String)
    /// The call's time was up. A write may have been done.
    case deadlineExceeded
    /// The reply is none of this API, or was broken off.
    case badReply(reason: String, requestID: String?)
    /// URL or key cannot be used; nothing was sent.
    case unusable(String)
    /// The task that called was cancelled, or the client closed.
    case cancelled

    /// The server's refusal, if it was one.
    public var refusal: Refusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }

    public var description: String {
        switch self {
        case .refused(let refusal): refusal.description
        case .unreachable(let reason): "the server cannot be reached: \(reason)"
        case .deadlineExceeded: "the server did not answer in time"
        case .badReply(let reason, let requestID):
            "the server's reply cannot be used: \(reason)" + (requestID.map { " (request \($0))" } ?? "")
        case .unusable(let reason): reason
        case .cancelled: "cancelled"
        }
    }
}
