public import Knowledge

/// What a backup holds, written in its head; readable without a key.
public struct BackupHeader: Codable, Sendable, Hashable {
    /// A database in the backup.
    public struct File: Codable, Sendable, Hashable {
        /// Its name in the data directory.
        public let name: String
        public let byteCount: Int
    }

    /// Version of the program that wrote it.
    public let version: String
    public let createdAt: Timestamp
    /// The store as of the backup.
    public let store: StoreFacts
    /// In the order in which their bytes follow.
    public let files: [File]
    /// Of the key that its blocks are sealed with; `nil` for none.
    public let keyID: String?

    public var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }
}
