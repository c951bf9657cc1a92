import Synchronization

/// A histogram of durations with fixed buckets, written from any thread without a lock.
///
/// Ten buckets a decade from 1 µs to 100 s, so a quantile is off by at most a fifth of itself, usually less:
/// it is interpolated within its bucket. 84 counters; memory does not grow with traffic.
public final class LatencyHistogram: Sendable {
    /// Upper bounds of the buckets in nanoseconds, ascending; what is longer falls into one more bucket.
    public static let boundsNanoseconds: [UInt64] = {
        let mantissas: [UInt64] = [100, 125, 160, 200, 250, 315, 400, 500, 630, 800]
        var bounds: [UInt64] = []
        var decade: UInt64 = 10
        while bounds.count < 80 {
            bounds.append(contentsOf: mantissas.map { $0 * decade })
            decade *= 10
        }
        return bounds
    }()

    private let buckets: [Counter]
    private let sumNanoseconds = Counter()

    public init() {
        buckets = (0...Self.boundsNanoseconds.count).map { _ in Counter() }
    }

    public func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = UInt64(clamping: seconds) &* 1_000_000_000 &+ UInt64(clamping: attoseconds / 1_000_000_000)
        buckets[Self.bucket(of: nanoseconds)].add(1)
        sumNanoseconds.add(nanoseconds)
    }

    /// A copy of the counters; not one instant's, but each counter only ever grows.
    public func snapshot() -> LatencySnapshot {
        LatencySnapshot(counts: buckets.map(\.value), sumNanoseconds: sumNanoseconds.value)
    }

    private static func bucket(of nanoseconds: UInt64) -> Int {
        var low = 0
        var high = boundsNanoseconds.count
        while low < high {
            let middle = (low + high) / 2
            if boundsNanoseconds[middle] < nanoseconds { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// What a `LatencyHistogram` had counted at some moment.
public struct LatencySnapshot: Sendable {
    public let counts: [UInt64]
    public let sumNanoseconds: UInt64

    public var count: UInt64 { counts.reduce(0, +) }
    public var sumSeconds: Double { Double(sumNanoseconds) / 1e9 }

    /// Milliseconds; `nil` when nothing was recorded.
    public var averageMilliseconds: Double? {
        count == 0 ? nil : Double(sumNanoseconds) / Double(count) / 1e6
    }

    /// Milliseconds below which `fraction` (0…1) of the durations lie; `nil` when nothing was recorded.
    public func quantileMilliseconds(_ fraction: Double) -> Double? {
        let total = count
        guard total > 0 else { return nil }
        let rank = fraction * Double(total)
        var below = 0.0
        let bounds = LatencyHistogram.boundsNanoseconds
        for (index, bucket) in counts.enumerated() where bucket > 0 {
            let reached = below + Double(bucket)
            if reached >= rank {
                let lower = index == 0 ? 0 : Double(bounds[index - 1])
                let upper = index < bounds.count ? Double(bounds[index]) : lower
                return (lower + (upper - lower) * max(0, rank - below) / Double(bucket)) / 1e6
            }
            below = reached
        }
        return nil
    }

    /// What was recorded since `earlier`, a snapshot of the same histogram.
    public func since(_ earlier: LatencySnapshot) -> LatencySnapshot {
        LatencySnapshot(
            counts: zip(counts, earlier.counts).map { $0 >= $1 ? $0 - $1 : 0 },
            sumNanoseconds: sumNanoseconds >= earlier.sumNanoseconds ? sumNanoseconds - earlier.sumNanoseconds : 0)
    }

    /// How many durations were at most `nanoseconds`, which must be one of the bounds.
    public func cumulativeCount(upTo nanoseconds: UInt64) -> UInt64 {
        zip(LatencyHistogram.boundsNanoseconds, counts).prefix { $0.0 <= nanoseconds }.reduce(0) { $0 + $1.1 }
    }
}
