/// Where a rate lies with 95 % confidence, after so many trials: Wilson's score interval (1927), good for small numbers too.
public struct WilsonInterval: Sendable, Hashable {
    /// Quantile of the normal distribution for 95 % on two sides.
    private static let z = 1.959964

    public let lower: Double
    public let upper: Double

    /// - Parameters:
    ///   - successes: 0…`trials`.
    ///   - trials: with none, the rate may be anything.
    public init(successes: Double, trials: Double) {
        guard trials > 0 else {
            (lower, upper) = (0, 1)
            return
        }
        let rate = successes / trials
        let square = Self.z * Self.z
        let center = rate + square / (2 * trials)
        let spread = Self.z * (rate * (1 - rate) / trials + square / (4 * trials * trials)).squareRoot()
        let scale = 1 + square / trials
        // The ends are exact where rounding would miss them.
        lower = successes == 0 ? 0 : max(0, (center - spread) / scale)
        upper = successes == trials ? 1 : min(1, (center + spread) / scale)
    }
}
