/// What the server says of an operator's work: a backup, a verification, a compaction.
public struct AdminWorkReport: Sendable, Hashable, Decodable {
    public enum Status: String, Sendable, Hashable, Decodable {
        case running, done, failed
    }

    /// `nil` where the reply is what came of it.
    public let status: Status?
    /// Why it failed.
    public let reason: String?
    /// What it is at, while it runs, and how far.
    public let step: String?
    public let doneBytes: Int?
    public let totalBytes: Int?
    /// Of a backup that was made.
    public let name: String?
    public let bytes: Int?
    public let items: Int?
}

/// The backups of a server, and the work at them.
public struct BackupList: Sendable, Hashable, Decodable {
    public struct Backup: Sendable, Hashable, Decodable {
        public let name: String
        public let bytes: Int
        /// `nil` where its head cannot be read.
        public let items: Int?
    }

    /// Newest first.
    public let backups: [Backup]
    public let running: AdminWorkReport?
    /// The last of each kind (`backup`, `verify`, `compact`) that ended.
    public let last: [String: AdminWorkReport]
}
