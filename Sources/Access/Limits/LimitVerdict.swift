/// Whether a request may go on, with what its caller is told of the bucket.
public struct LimitVerdict: Sendable, Hashable {
    /// Tokens that the bucket holds at most.
    public let limit: Int
    /// Tokens that are left. In leased mode a lower bound: another server may have leased some and not used them.
    public let remaining: Int
    /// Until the bucket is full again, if nobody takes any.
    public let resetMicroseconds: Int64
    /// `nil` when the request may go on, else when it may come again.
    public let retryMicroseconds: Int64?

    public var isAllowed: Bool { retryMicroseconds == nil }
    /// In whole seconds that are never too few.
    public var resetSeconds: Int { Self.seconds(resetMicroseconds) }
    public var retrySeconds: Int? { retryMicroseconds.map { max(1, Self.seconds($0)) } }

    private static func seconds(_ microseconds: Int64) -> Int { Int((microseconds + 999_999) / 1_000_000) }
}
