/// Why there is no vector, and what the operator should do about it.
public enum EncoderError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A file of runtime or model is not there.
    case modelMissing(path: String)
    /// A file is there and is not what it should be.
    case modelUnusable(path: String, reason: String)
    /// The queue is full: more than `limit` texts wait.
    case overloaded(limit: Int)
    /// One inference failed. Later ones may succeed.
    case inferenceFailed(reason: String)
    /// An encoder behind EMBEDDINGS_URL could not be reached, or failed. Later texts may succeed.
    case remoteFailed(url: String, reason: String)
    /// What answers at EMBEDDINGS_URL refuses the request or gives what cannot be used; it will again.
    case remoteUnusable(url: String, reason: String)
    /// The encoder was closed.
    case closed

    public var description: String {
        switch self {
        case .modelMissing(let path):
            "the encoder's \(path) is missing: run scripts/setup, or set MODEL_PATH and MODEL_CACHE_DIR to where it is"
        case .modelUnusable(let path, let reason):
            "the encoder cannot use \(path): \(reason); remove it and run scripts/setup, or set MODEL_PATH to another"
        case .overloaded(let limit):
            "the encoder has \(limit) texts waiting: ask again later, or give it more cores"
        case .inferenceFailed(let reason):
            "encoding a text failed: \(reason); if it stays so, restart, then run scripts/setup"
        case .remoteFailed(let url, let reason):
            "the encoder at \(url) does not answer: \(reason); it is tried again by itself"
        case .remoteUnusable(let url, let reason):
            "the encoder at \(url) cannot be used: \(reason); check EMBEDDINGS_URL, EMBEDDINGS_MODEL and "
                + "EMBEDDINGS_API_KEY"
        case .closed:
            "the encoder is closed: the server is shutting down"
        }
    }
}
