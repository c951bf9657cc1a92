import Backup
import ColdTier

extension ContractError {
    /// What an operator learns over HTTP of a failure with backups; the reason itself, with its paths, is in the log.
    init(_ error: BackupError) {
        switch error {
        case .notABackup, .newerFormat, .keyMissing: self = .senseless(error.description)
        case .damaged(let name, _): self = .senseless("\(name) is damaged: use another backup")
        // Their descriptions name files.
        case .store(.newerSchema): self = .senseless("The backup is of a newer version: start that one")
        case .store(.notAStore), .store(.unreadable):
            self = .senseless("What is in the backup is no store that can be read: use another backup")
        case .nothingThere: self = .notFound("There is no such backup")
        case .noSpace: self = .unavailable("STORAGE_FULL", "There is not enough space for a backup")
        case .busy: self = .conflict("Another process is writing a backup into the folder")
        case .stopped: self = .shuttingDown
        case .unusable:
            self = .unavailable("BACKUP_FAILED", "The folder of the backups cannot be used; the log says why")
        case .store(let error): self = ContractError(error)
        }
    }
}
