import ThermoclineClient

/// Why a command cannot do what it was asked, with what to do about it. One line for a person.
enum CommandFailure: Error, CustomStringConvertible {
    /// The lock of the data directory is held, but by no server that answers.
    case storeInUse(directory: String, owner: Int?)
    case keyDecidesTenant(tenant: String, url: String)
    case vectorsNeedStore(path: String, url: String)
    case vectorsNeedEncoder(path: String)
    case otherEncoder(path: String, given: String, wanted: String)
    case otherDimension(path: String, given: Int, wanted: Int)
    case serverUnreachable(url: String, reason: String)
    case serverRefused(url: String, Refusal)
    case unusable(String)
    case serverStopped(url: String, message: String)
    case badReply(url: String)
    case noSuchKey(id: String)
    case noServer(directory: String)
    case backupFailed(url: String, reason: String)
    case serverHasStore(directory: String, url: String)
    /// There is no key to seal by.
    case noKey
    case cannotWrite(path: String, reason: String)

    var description: String {
        switch self {
        case .storeInUse(let directory, let owner):
            "\(directory) is in use by \(owner.map { "process \($0)" } ?? "another process"), which is no server "
                + "that answers: wait until it is done, or stop it"
        case .keyDecidesTenant(let tenant, let url):
            "the server at \(url) has the store, and there the API key decides the tenant: leave --tenant out and give a "
                + "key of tenant \(tenant), or stop the server"
        case .vectorsNeedStore(let path, let url):
            "the server at \(url) has the store, and prepared vectors (\(path)) do not go through it: stop the server first"
        case .vectorsNeedEncoder(let path):
            "\(path) cannot be checked without the encoder: thermocline check says what is missing"
        case .otherEncoder(let path, let given, let wanted):
            "\(path) is said to be of encoder \(given), but the store's encoder is \(wanted)"
        case .otherDimension(let path, let given, let wanted):
            "\(path) has \(given) dimensions, the store's encoder \(wanted)"
        case .serverUnreachable(let url, let reason):
            "the server at \(url) cannot be reached (\(reason)); the same command goes on from here later"
        case .serverRefused(let url, let refusal):
            "the server at \(url) refused (\(refusal.status)): \(refusal.message)" + Self.advice(after: refusal)
        case .unusable(let reason): reason
        case .serverStopped(let url, let message):
            "the server at \(url) could not store a batch: \(message); the same command goes on from here later"
        case .badReply(let url): "the server at \(url) broke off its reply; the same command goes on from here later"
        case .noSuchKey(let id): "there is no key \(id) that could be revoked: thermocline keys list shows them"
        case .noServer(let directory): "no server has \(directory) open"
        case .backupFailed(let url, let reason): "the server at \(url) could not make a backup: \(reason)"
        case .serverHasStore(let directory, let url):
            "the server at \(url) has \(directory): stop it, then restore"
        case .noKey: "no key is set: set ENCRYPTION_KEY or ENCRYPTION_KEY_FILE"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        }
    }

    private static func advice(after refusal: Refusal) -> String {
        switch refusal.status {
        case 401: "; give a key by --api-key or THERMOCLINE_API_KEY"
        case 429, 503:
            refusal.retryAfter.map { "; try again in \($0.components.seconds) s" } ?? ""
        default: ""
        }
    }
}

extension CommandFailure {
    init(_ error: ClientError, url: String) {
        switch error {
        case .refused(let refusal): self = .serverRefused(url: url, refusal)
        case .unreachable(let reason): self = .serverUnreachable(url: url, reason: reason)
        case .deadlineExceeded, .cancelled: self = .serverUnreachable(url: url, reason: error.description)
        case .badReply: self = .badReply(url: url)
        case .unusable(let reason): self = .unusable(reason)
        }
    }
}
