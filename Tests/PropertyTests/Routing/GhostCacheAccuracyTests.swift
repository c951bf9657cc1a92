import Knowledge
import Routing
import TestSupport
import Testing

/// The curve against LRU caches that really hold the keys.
@Suite("Accuracy of the ghost cache")
struct GhostCacheAccuracyTests {
    private static let sizes = [10, 100, 500, 1_000, 2_500, 5_000, 9_000, 20_000, 40_000, 100_000, 200_000]
    /// Which keys are sampled changes with the seed: one lucky sample proves little.
    private static let samples: UInt64 = 3
    /// Fixed: the error is chance, and its standard deviation, 0.7 points at worst, lets one sample in a few hundred miss.
    private static let seed: UInt64 = 2_015

    /// The share that a cache of this size hits, with counts that fade as the ghost's do.
    private static func simulatedHitRate(_ trace: [UInt64], size: Int) -> Double {
        var cache = RecencyTable<UInt64, Bool>()
        var (hits, lookups) = (0.0, 0.0)
        for (index, key) in trace.enumerated() {
            lookups += 1
            if cache.use(key, { _ in }) != nil {
                hits += 1
            } else {
                cache.insert(key, true)
                if cache.count > size { _ = cache.removeLeastRecent() }
            }
            if (index + 1).isMultiple(of: GhostCache.agingInterval) { (hits, lookups) = (hits / 2, lookups / 2) }
        }
        return hits / lookups
    }

    @Test(
        "Hit rates at all sizes are within two points of a full simulation",
        arguments: [
            LookupTrace(shape: .zipf(exponent: 0.7), keys: 200_000, lookups: 400_000),
            LookupTrace(shape: .zipf(exponent: 0.99), keys: 500_000, lookups: 600_000),
            LookupTrace(shape: .zipf(exponent: 1.2), keys: 500_000, lookups: 600_000),
            LookupTrace(shape: .scans, keys: 100_000, lookups: 400_000),
            LookupTrace(shape: .shifting, keys: 100_000, lookups: 400_000),
            LookupTrace(shape: .loop, keys: 100_000, lookups: 400_000),
            LookupTrace(shape: .zipf(exponent: 0.99), keys: 4_000, lookups: 40_000),
        ])
    func accuracy(trace: LookupTrace) {
        let seed = Self.seed
        let numbers = trace.numbers(seed: seed)
        let truths = Self.sizes.map { Self.simulatedHitRate(numbers, size: $0) }
        var errors: [Double] = []
        for sample in 0..<Self.samples {
            let ghost = GhostCache()
            for number in numbers { ghost.record(Fingerprint(question: number, seed: seed &+ sample)) }
            for (size, (expected, truth)) in zip(Self.sizes, zip(ghost.curve(sizes: Self.sizes), truths)) {
                errors.append(abs(expected - truth))
                #expect(
                    abs(expected - truth) < 0.02, "seed \(seed), sample \(sample), \(trace) at \(size), true \(truth)")
            }
        }
        let mean = errors.reduce(0, +) / Double(errors.count)
        #expect(mean < 0.005, "\(trace)")
        print("\(trace): off by \(mean * 100) points in the mean, \((errors.max() ?? 0) * 100) at most")
    }

    @Test("While all keys are held, the curve is exact")
    func fewKeys() {
        let seed = SeededGenerator.announcedSeed()
        let numbers = LookupTrace(shape: .shifting, keys: 1_500, lookups: 20_000).numbers(seed: seed)
        let ghost = GhostCache()
        for number in numbers { ghost.record(Fingerprint(question: number, seed: seed)) }
        for size in [1, 2, 7, 60, 333, 1_499, 5_000, 5_000_000] {
            let truth = Self.simulatedHitRate(numbers, size: size)
            #expect(abs(ghost.curve(sizes: [size])[0] - truth) < 1e-9, "seed \(seed), size \(size)")
        }
        #expect(ghost.curve().samplingRate == 1)
        #expect(ghost.curve().sampledKeys == Set(numbers).count)
    }

    @Test("The curve never falls as the size grows, and stays within 0 and 1")
    func monotone() {
        let seed = SeededGenerator.announcedSeed()
        let ghost = GhostCache()
        for number in LookupTrace(shape: .loop, keys: 50_000, lookups: 200_000).numbers(seed: seed) {
            ghost.record(Fingerprint(question: number, seed: seed))
        }
        let rates = ghost.curve(sizes: Array(stride(from: 0, through: 3_000_000, by: 701)))
        #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 <= $1 + 1e-12 }, "seed \(seed)")
        #expect(rates.allSatisfy { (0...1).contains($0) }, "seed \(seed)")
    }
}
