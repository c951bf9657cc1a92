public import Knowledge
public import Sealing

/// Why the store could not do what it was asked, and what the operator should do about it.
public enum ColdError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Another process, `owner` by its id where known, has this data directory open.
    case locked(directory: String, owner: Int?)
    /// The data directory cannot be made, read or written.
    case directoryUnusable(directory: String, reason: String)
    /// The file was written by a newer version of this program.
    case newerSchema(file: String, found: Int, known: Int)
    /// The file is not a store of this program.
    case notAStore(file: String)
    /// A restore was cut short while it moved files: neither the old data nor the backup is whole in its place.
    case restoreUnfinished(directory: String)
    /// The disk, or the quota on it, is full. Reads go on, writes work again once there is space.
    case storageFull(directory: String)
    /// The file is damaged or its disk fails.
    case unreadable(file: String, detail: String)
    /// A text is damaged, or its seal does not open: it was altered, or moved here from elsewhere.
    case textRefused(item: ItemID, reason: String)
    /// The store is sealed by keys that are not given.
    case keysMissing(file: String, keys: [SealingKey.ID])
    /// The key is the store's by its id, but what the store sealed by it does not open.
    case sealDamaged(file: String)
    /// More work is waiting than the store accepts; the same request succeeds later.
    case overloaded
    /// A vector of another dimension, not of unit length, or with components that are no numbers, was offered.
    case unusableVector(dimension: Int, expected: Int)
    /// The question's vector is of an encoder that the store has flipped away from; embedded anew it succeeds.
    case encoderChanged
    case closed
    /// SQLite refused for another reason.
    case failed(detail: String)

    public var description: String {
        switch self {
        case .locked(let directory, let owner):
            "\(directory) is in use by \(owner.map { "process \($0)" } ?? "another process"): "
                + "stop it, or set DATA_DIR to another directory"
        case .directoryUnusable(let directory, let reason):
            "cannot use \(directory): \(reason); set DATA_DIR to a directory that this user may write"
        case .newerSchema(let file, let found, let known):
            "\(file) has schema \(found), this version knows up to \(known): "
                + "start the newer version, or restore a backup made by this one"
        case .notAStore(let file):
            "\(file) is not a knowledge store: move it away, or set DATA_DIR to another directory"
        case .restoreUnfinished(let directory):
            "a restore into \(directory) was cut short: run thermocline restore again before anything else"
        case .storageFull(let directory):
            "no space is left for \(directory): nothing was written; free some space, no restart is needed"
        case .unreadable(let file, let detail):
            "\(file) cannot be read (\(detail)): check the disk, then restore a backup"
        case .textRefused(let item, let reason):
            "a text of item \(item) is not handed out: \(reason); write the item anew, delete it, or restore a backup"
        case .keysMissing(let file, let keys):
            "\(file) is sealed by key \(keys.map(\.description).joined(separator: " and ")): "
                + "set ENCRYPTION_KEY or ENCRYPTION_KEY_FILE, and ENCRYPTION_OLD_KEYS, to have it; nothing was changed"
        case .sealDamaged(let file):
            "\(file) does not open by its key, so it is damaged or was altered: restore a backup; nothing was changed"
        case .overloaded: "the store has more work waiting than it accepts: retry in a second"
        case .unusableVector(let dimension, let expected):
            "a vector of unit length with \(expected) finite components was expected, not one with \(dimension)"
        case .encoderChanged: "the store has another encoder since the question was embedded: ask again"
        case .closed: "the store is closed"
        case .failed(let detail): "the store refused: \(detail)"
        }
    }
}
