import Foundation
package import Knowledge

/// Decides at a hot hit whether its answer is computed anew before it expires, so that nobody who asks often waits.
///
/// Each hit throws a die of its own: the answer is due when now − Δ · β · ln(u) ≥ its expiry, u uniform in 0…1. So one
/// hit in e comes due at Δ before the end, hardly any long before it, and what is asked more often is refreshed sooner.
/// Source: Vattani, Chierichetti, Lowenstein: Optimal probabilistic cache stampede prevention (VLDB 2015), "XFetch".
///
/// There Δ is the time that a computation takes. Here that is a few milliseconds of half an hour, too short for a hit to
/// fall into; Δ is therefore a share of the lifetime, which is longer than any computation and lets the refreshes of
/// answers computed together drift apart.
public struct EarlyRefresh: Sendable {
    /// β; above 1 refreshes come earlier. The paper's choice.
    package static let eagerness = 1.0
    /// Δ as a share of the lifetime: 18 s of 30 minutes. A question asked once in that time is refreshed more often than
    /// not, one asked a thousand times a second about 3 minutes before the end.
    package static let leadShare = 0.01
    /// A die reaches further than so many Δ once in 500 million throws: before that none is thrown.
    package static let horizon = 20.0
    /// Refreshes at once. They share the encoder with those who wait for an answer; what is not refreshed is refreshed
    /// at a later hit, or computed when it is asked for.
    package static let maximumCount = 16

    /// A number from 0 up to but not including 1.
    private let uniform: @Sendable () -> Double

    package init(uniform: @escaping @Sendable () -> Double) {
        self.uniform = uniform
    }

    public static let systemRandom: @Sendable () -> Double = { Double.random(in: 0..<1) }

    package func isDue(_ answer: Answer, at now: Timestamp) -> Bool {
        let lifetime = Double(answer.expiresAt.milliseconds(since: answer.computedAt))
        let lead = lifetime * Self.leadShare * Self.eagerness
        let remaining = Double(answer.expiresAt.milliseconds(since: now))
        guard remaining <= lead * Self.horizon else { return false }
        return remaining <= -lead * log(1 - uniform())
    }
}
