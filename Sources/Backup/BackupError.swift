public import ColdTier
import Foundation

/// Why a backup could not be made, read or restored, and what the operator should do about it.
public enum BackupError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The disk of the folder, or the quota on it, is full. Nothing half-made is kept.
    case noSpace(folder: String)
    case unusable(path: String, reason: String)
    case notABackup(name: String)
    /// Written by a newer version of this program.
    case newerFormat(name: String, found: Int, known: Int)
    case damaged(name: String, detail: String)
    /// Sealed with a key that is not at hand.
    case keyMissing(name: String, keyID: String)
    /// There is no backup in the folder, or none of that name.
    case nothingThere(folder: String, name: String?)
    /// The store refused, or what is in the backup is no store that this version can take.
    case store(ColdError)
    /// Another process writes a backup into the folder.
    case busy(folder: String, owner: Int?)
    /// It was asked to end.
    case stopped

    public var description: String {
        switch self {
        case .noSpace(let folder):
            "there is not enough space in \(folder): nothing was kept of the attempt; free some, or set another folder"
        case .unusable(let path, let reason): "cannot use \(path): \(reason)"
        case .notABackup(let name): "\(name) is not a backup of this program"
        case .newerFormat(let name, let found, let known):
            "\(name) is a backup of format \(found), this version knows up to \(known): use the version that made it"
        case .damaged(let name, let detail): "\(name) is damaged (\(detail)): use another backup"
        case .keyMissing(let name, let keyID):
            "\(name) is sealed with key \(keyID): set ENCRYPTION_KEY to that key"
        case .nothingThere(let folder, let name):
            name.map { "there is no backup \($0) in \(folder)" } ?? "there is no backup in \(folder)"
        case .store(let error): error.description
        case .busy(let folder, let owner):
            "\(owner.map { "process \($0)" } ?? "another process") is writing a backup into \(folder): wait until it is done"
        case .stopped: "stopped before its end: nothing was changed"
        }
    }

    /// What the last failed system call means for a path.
    static func ofSystem(_ code: Int32, path: String, folder: String) -> BackupError {
        switch code {
        case ENOSPC, EDQUOT, EFBIG: .noSpace(folder: folder)
        default: .unusable(path: path, reason: String(cString: strerror(code)))
        }
    }

    /// An error of any part below, in these words.
    init(_ error: any Error, folder: String) {
        switch error {
        case let error as BackupError: self = error
        case ColdError.storageFull: self = .noSpace(folder: folder)
        case let error as ColdError: self = .store(error)
        default: self = .unusable(path: folder, reason: "\(error)")
        }
    }
}
