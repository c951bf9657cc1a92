/// What a walk along the chain of the audit log found.
public struct AuditVerification: Sendable, Hashable {
    /// The first line where the chain does not hold, and how.
    public struct Break: Sendable, Hashable {
        public let seq: Int64
        public let reason: String
    }

    /// Lines that were walked, up to a break.
    public var lineCount = 0
    /// Of the first line kept; older ones were removed as the retention says.
    public var firstSeq: Int64
    public var lastSeq: Int64
    /// In hexadecimal; noted elsewhere it shows later that nothing was made anew or cut off.
    public var lastHash: String
    public var firstBreak: Break?
}
