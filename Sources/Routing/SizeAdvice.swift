/// What other sizes of one tier would hit, and the size to choose.
public struct SizeAdvice: Sendable, Hashable {
    public struct Point: Sendable, Hashable {
        public let size: Int
        /// 0…1.
        public let expectedHitRate: Double
    }

    /// The size now, as set.
    public let capacity: Int
    /// With the size now, 0…1.
    public let expectedHitRate: Double
    /// What was hit lately, 0…1; `nil` when nothing was asked.
    public let observedHitRate: Double?
    /// At sizes from a sixteenth of the present one to sixteen times, in this order.
    public let curve: [Point]
    /// The present size when there is nothing to gain.
    public let suggestedSize: Int
    /// For people.
    public let text: String
    /// For the environment: `HOT_CACHE_SIZE=4000`, and a second setting after a space where one is needed.
    public let setting: String
}
