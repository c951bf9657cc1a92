public import Knowledge

/// A backup as it lies in its folder.
public struct StoredBackup: Sendable, Hashable {
    public let name: String
    public let createdAt: Timestamp
    /// As stored: compressed, and sealed where it is.
    public let byteCount: Int
    /// What it holds; `nil` where its head cannot be read.
    public let header: BackupHeader?
}
