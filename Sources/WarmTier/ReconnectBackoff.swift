/// How long to wait before the next attempt to connect: doubling, with jitter, capped.
///
/// The jitter only shortens (to half at most), so the cap is a true bound: a Redis that returns is tried
/// within a second.
package struct ReconnectBackoff: Sendable, Hashable {
    package static let firstMilliseconds: Int64 = 50
    package static let maximumMilliseconds: Int64 = 1_000

    private var nextMilliseconds = firstMilliseconds

    package init() {}

    /// - Parameter random: 0..<1, spreads the servers that lost the same Redis.
    package mutating func delayMilliseconds(random: Double) -> Int64 {
        let delay = nextMilliseconds
        nextMilliseconds = min(delay * 2, Self.maximumMilliseconds)
        return delay - Int64(Double(delay) / 2 * min(max(random, 0), 1))
    }

    package mutating func reset() {
        nextMilliseconds = Self.firstMilliseconds
    }
}
