import Knowledge
import Testing

@Suite("Latency histogram")
struct LatencyHistogramTests {
    @Test("Nothing recorded has no quantiles")
    func empty() {
        let snapshot = LatencyHistogram().snapshot()
        #expect(snapshot.count == 0)
        #expect(snapshot.quantileMilliseconds(0.5) == nil)
        #expect(snapshot.averageMilliseconds == nil)
    }

    @Test("Quantiles are within a bucket of the truth")
    func quantiles() throws {
        let histogram = LatencyHistogram()
        for milliseconds in 1...1_000 { histogram.record(.milliseconds(milliseconds)) }
        let snapshot = histogram.snapshot()
        #expect(snapshot.count == 1_000)
        #expect(try #require(snapshot.averageMilliseconds) == 500.5)
        for (fraction, truth) in [(0.5, 500.0), (0.95, 950), (0.99, 990)] {
            let found = try #require(snapshot.quantileMilliseconds(fraction))
            #expect(abs(found - truth) / truth < 0.05, "p\(fraction): \(found)")
        }
    }

    @Test("A duration equal to a bound belongs below it; the extremes are kept")
    func bounds() {
        let histogram = LatencyHistogram()
        histogram.record(.zero)
        histogram.record(.nanoseconds(1_000))
        histogram.record(.nanoseconds(1_001))
        histogram.record(.seconds(1_000_000))
        histogram.record(.seconds(-1))
        let snapshot = histogram.snapshot()
        #expect(snapshot.cumulativeCount(upTo: 1_000) == 3)
        #expect(snapshot.cumulativeCount(upTo: 1_250) == 4)
        #expect(snapshot.count == 5)
        #expect(snapshot.counts.last == 1)
    }

    @Test("Bounds hold every boundary that metrics show")
    func shownBounds() {
        for decade in [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000] as [UInt64] {
            #expect(LatencyHistogram.boundsNanoseconds.contains(decade))
            #expect(LatencyHistogram.boundsNanoseconds.contains(decade * 5 / 2))
            #expect(LatencyHistogram.boundsNanoseconds.contains(decade * 5))
        }
    }
}
