public import Foundation

/// A line of the audit log as it is stored.
public struct AuditLine: Sendable, Hashable {
    public let seq: Int64
    /// One JSON object.
    public let line: String
    public let hash: Data
}
