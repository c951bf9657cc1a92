/// The share of look-ups that an LRU cache would hit, by its size. Never falls as the size grows.
///
/// Level 0 counts all look-ups, the following ones those of ever smaller shares of the keys; a level is read beyond the
/// reach of the one before. Two things keep the levels accurate:
///
/// - What is estimated is the share of *misses*, sampled misses / (rate · all look-ups), all look-ups being known. The
///   few keys that are asked most hardly ever miss; whether they happen to be in the sample does not matter
///   (the correction of SHARDS-adj).
/// - Where a level begins, at size B, the better level before says how far it is off, and it is off alike a little
///   above. At size C the share 2B/(B + C) of that error is taken off: the regression of the one error on the other for
///   Zipf popularity of exponent 1, which takes away two thirds of the error's variance and more. Less is taken off where
///   fewer of the misses at B are still missed, and what is left never exceeds what was gained since B: where nothing
///   more is hit, the keys that miss are the same.
public struct HitRateCurve: Sendable, Hashable {
    /// What one sampling rate has counted.
    package struct Level: Sendable {
        /// Keys that one sampled key stands for: 1 / rate.
        package let scale: Int
        /// Uses of sampled keys by stack distance among sampled keys.
        package let hits: [Double]
        /// Uses of sampled keys at whatever distance.
        package let uses: Double

        package init(scale: Int, hits: [Double], uses: Double) {
            self.scale = scale
            self.hits = hits
            self.uses = uses
        }
    }

    /// One level, summed up.
    private struct Segment: Sendable, Hashable {
        let scale: Int
        /// Hit rates at the sizes 0, scale, 2·scale …
        let hitRates: [Double]

        var reach: Int { scale * (hitRates.count - 1) }

        /// Linear between the sizes that the level knows; level beyond.
        func hitRate(at size: Int) -> Double {
            guard size < reach else { return hitRates[hitRates.count - 1] }
            let (index, rest) = size.quotientAndRemainder(dividingBy: scale)
            return hitRates[index] + (hitRates[index + 1] - hitRates[index]) * Double(rest) / Double(scale)
        }
    }

    /// Look-ups that the rates rest on, older ones faded by aging.
    public let lookups: Double
    /// Different keys held.
    public let sampledKeys: Int
    /// Share of the keys from which the largest sizes are told; 1 while all keys are followed.
    public let samplingRate: Double

    private let segments: [Segment]

    /// - Parameters:
    ///   - levels: by falling rate, the first with rate 1.
    ///   - sampledKeys: different keys that they hold.
    package init(levels: [Level], sampledKeys: Int) {
        lookups = levels.first?.uses ?? 0
        self.sampledKeys = sampledKeys
        samplingRate = 1 / Double(levels.last?.scale ?? 1)
        var segments: [Segment] = []
        if lookups > 0 {
            for level in levels { segments.append(Self.sumUp(level, after: segments.last, of: lookups)) }
        }
        self.segments = segments
    }

    /// The share of look-ups that a cache of `size` answers would hit, 0…1; 0 before the first look-up.
    ///
    /// Beyond the reach of the last level, the hit rate there: never more than the truth.
    public func hitRate(at size: Int) -> Double {
        guard let segment = segments.first(where: { size <= $0.reach }) ?? segments.last else { return 0 }
        return segment.hitRate(at: max(size, 0))
    }

    private static func sumUp(_ level: Level, after previous: Segment?, of lookups: Double) -> Segment {
        let all = lookups / Double(level.scale)
        var missed = level.uses
        var raw = [1 - missed / all]
        for hits in level.hits {
            missed -= hits
            raw.append(1 - missed / all)
        }
        guard let previous else { return Segment(scale: level.scale, hitRates: raw.map { min(max($0, 0), 1) }) }

        let begin = previous.reach / level.scale
        let known = previous.hitRate(at: previous.reach)
        let error = raw[begin] - known
        let missing = 1 - raw[begin]
        var hitRates = [Double](repeating: known, count: raw.count)
        for index in (begin + 1)..<raw.count {
            let gain = raw[index] - raw[begin]
            let stillMissing = missing > 0 ? (1 - raw[index]) / missing : 1
            let shared = min(2 * Double(begin) / Double(begin + index), stillMissing)
            let kept = min(max(error * (1 - shared), -gain), gain)
            hitRates[index] = min(max(hitRates[index - 1], known + gain + kept), 1)
        }
        return Segment(scale: level.scale, hitRates: hitRates)
    }
}
