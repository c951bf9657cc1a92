import Foundation

/// What people make of an item, by their votes: 0 while nothing is known, towards 1 the more of them found it helpful,
/// towards −1 the more did not.
///
/// quality = W(helpful) − W(unhelpful), rounded to 4 decimals; W is the lower bound of the share of such votes (Wilson's score
/// interval, 1927, at 95 %), and a vote weighs 2^(−age / 30 days). So few votes move it little, one by 0.2065 at most, and
/// what nobody confirms fades.
public enum ItemQuality {
    /// The most that quality adds to or takes from a rank score: of a similarity in its own units, of a score by
    /// words as a share. Enough to turn near ties, too little to lift what does not fit.
    public static let rankingShare = 0.05
    /// After so long a vote weighs half.
    public static let halfLifeMilliseconds: Int64 = 30 * 86_400_000
    /// A vote older than this does not count: it would weigh less than a thousandth.
    public static let voteLifetimeMilliseconds = 10 * halfLifeMilliseconds
    /// A smaller move is not worth a change of the knowledge: it moves no similarity by a ten-thousandth.
    public static let leastMove = 0.0005

    /// The quantile of the normal distribution that leaves 2.5 % on either side.
    private static let z = 1.96

    public struct Vote: Sendable, Hashable {
        public let isHelpful: Bool
        public let at: Timestamp

        public init(isHelpful: Bool, at: Timestamp) {
            self.isHelpful = isHelpful
            self.at = at
        }
    }

    /// The quality that votes come to at a time; one of a later time counts as of now.
    public static func quality(of votes: some Sequence<Vote>, at now: Timestamp) -> Double {
        var helpful = 0.0
        var unhelpful = 0.0
        for vote in votes {
            let age = max(now.milliseconds(since: vote.at), 0)
            guard age <= voteLifetimeMilliseconds else { continue }
            let weight = exp2(-Double(age) / Double(halfLifeMilliseconds))
            if vote.isHelpful { helpful += weight } else { unhelpful += weight }
        }
        let count = helpful + unhelpful
        guard count > 0 else { return 0 }
        let quality = lowerBound(helpful / count, of: count) - lowerBound(unhelpful / count, of: count)
        // Adding 0 makes −0 of it, which reads badly, 0.
        return (quality * 10_000).rounded() / 10_000 + 0
    }

    private static func lowerBound(_ share: Double, of count: Double) -> Double {
        let spread = z * z / (4 * count)
        let root = ((share * (1 - share) + spread) / count).squareRoot()
        return (share + 2 * spread - z * root) / (1 + 4 * spread)
    }

    /// What a score by words is multiplied with.
    public static func rankFactor(_ quality: Double) -> Double { 1 + rankingShare * quality }
}
