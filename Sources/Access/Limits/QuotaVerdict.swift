/// Whether a tenant has anything left of its month.
public struct QuotaVerdict: Sendable, Hashable {
    /// Of a month.
    public let limit: Int
    public let isAllowed: Bool
    /// Until the month ends; never too few.
    public let resetSeconds: Int
}
