import GRDB

/// Why the file of keys and audit could not do what it was asked, and what the operator should do about it.
public enum AccessError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file was written by a newer version of this program.
    case newerSchema(file: String, found: Int, known: Int)
    /// The file is something else.
    case notOurs(file: String)
    /// The disk is full. What is read goes on, writes work again once there is space.
    case storageFull(file: String)
    /// The file is damaged, or cannot be made, read or written.
    case unreadable(file: String, detail: String)
    /// The keys that tokens are verified with cannot be used.
    case tokenKeysUnusable(file: String, reason: String)
    /// More waits to be written than is taken on; the same succeeds later.
    case overloaded
    /// A tenant has as many keys as it may have.
    case tooManyKeys(maximum: Int)

    public var description: String {
        switch self {
        case .newerSchema(let file, let found, let known):
            "\(file) has schema \(found), this version knows up to \(known): start the newer version"
        case .notOurs(let file):
            "\(file) does not hold keys of this program: move it away, or set DATA_DIR to another directory"
        case .storageFull(let file):
            "no space is left for \(file): nothing was written; free some space, no restart is needed"
        case .unreadable(let file, let detail):
            "\(file) cannot be used (\(detail)): check the disk and who may write there"
        case .tokenKeysUnusable(let file, let reason): "\(file) holds no keys for tokens: \(reason)"
        case .overloaded: "more of the audit log waits to be written than is taken on: retry in a second"
        case .tooManyKeys(let maximum): "there are \(maximum) keys already: revoke some"
        }
    }

    init(_ error: any Error, file: String) {
        if let error = error as? AccessError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self = .unreadable(file: file, detail: "\(error)")
            return
        }
        switch error.resultCode {
        case .SQLITE_FULL: self = .storageFull(file: file)
        case .SQLITE_NOTADB: self = .notOurs(file: file)
        default:
            let detail = "\(error.extendedResultCode.rawValue): \(error.message ?? "no message")"
            self = .unreadable(file: file, detail: detail)
        }
    }
}
