import Knowledge
import Pipeline
import Server
import Synchronization
import TestSupport
import Testing

@Suite("What is remembered of the last minutes")
struct MetricsHistoryTests {
    /// Counters that a test moves by hand.
    private final class Source: Sendable {
        let hot = LatencyHistogram()
        let cold = LatencyHistogram()
        let coalesced = Counter()
        let rule = Counter()

        var reading: CounterReading {
            CounterReading(
                latencies: [.hot: hot.snapshot(), .cold: cold.snapshot()], coalesced: coalesced.value,
                rules: [0, rule.value])
        }
    }

    private static let fill = MinuteSample.Fill(hotItems: 3, hotBytes: 700, warmItems: .max, coldItems: 9)

    @Test("A minute is what was counted since the one before")
    func differences() async throws {
        let source = Source()
        let clock = ManualClock(at: Timestamp(milliseconds: 1_000))
        source.hot.record(.seconds(1))
        let history = MetricsHistory(
            hours: 1, time: clock.timeSource, read: { source.reading }, fill: { Self.fill })
        for _ in 0..<4 { source.hot.record(.microseconds(20)) }
        source.cold.record(.milliseconds(3))
        source.coalesced.add()
        source.rule.add(5)
        clock.advance(milliseconds: 60_000)
        await history.record()
        clock.advance(milliseconds: 60_000)
        await history.record()
        let minutes = history.minutes(10)
        try #require(minutes.count == 2)
        #expect(minutes[0].questions.hot == 4 && minutes[0].questions.cold == 1 && minutes[0].questions.miss == 0)
        #expect(minutes[0].p99.hot < 0.03 && minutes[0].p50.cold > 1 && minutes[0].p50.miss.isNaN)
        #expect(minutes[0].coalesced == 1 && minutes[0].rules[1] == 5 && minutes[0].rules[0] == 0)
        #expect(minutes[0].milliseconds == 60_000 && minutes[0].fill == Self.fill)
        #expect(minutes[1].questions.hot == 0 && minutes[1].coalesced == 0 && minutes[1].rules == .zero)
        #expect(minutes[1].endedAt.milliseconds(since: minutes[0].endedAt) == 60_000)
    }

    @Test("The oldest minutes go when the retention is reached, and memory stays what it says")
    func retention() async throws {
        let source = Source()
        let clock = ManualClock(at: Timestamp(milliseconds: 1_000))
        let history = MetricsHistory(
            hours: 1, time: clock.timeSource, read: { source.reading }, fill: { Self.fill })
        for minute in 1...75 {
            source.coalesced.add(UInt64(minute))
            clock.advance(milliseconds: 60_000)
            await history.record()
        }
        let minutes = history.minutes(1_000)
        #expect(minutes.map { Int($0.coalesced) } == Array(16...75))
        #expect(history.minutes(2).map { Int($0.coalesced) } == [74, 75])
        #expect(history.minutes(0).isEmpty)
        // An array may have room for twice of what it holds.
        #expect(history.byteCount >= 60 * MemoryLayout<MinuteSample>.stride)
        #expect(history.byteCount <= 128 * MemoryLayout<MinuteSample>.stride)
        #expect(MemoryLayout<MinuteSample>.stride <= 256)
    }
}
