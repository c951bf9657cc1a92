import Foundation
import Knowledge
import Testing

/// A measurement, not a test: `scripts/bench metrics` runs it.
@Suite("The cost of counting", .enabled(if: ProcessInfo.processInfo.environment["THERMOCLINE_MEASURE"] != nil))
struct MetricCost {
    private static let repetitions = 5_000_000

    @Test("Nanoseconds of one count, by the number of threads that count at once")
    func nanoseconds() async {
        print("| threads | counter | histogram |\n|---:|---:|---:|")
        for threads in [1, 2] {
            let counter = Counter()
            let histogram = LatencyHistogram()
            let counting = await Self.measure(threads) { _ in counter.add() }
            let recording = await Self.measure(threads) { histogram.record(.nanoseconds(1_000 + $0 & 0xFFFF)) }
            #expect(counter.value == UInt64(threads * Self.repetitions))
            #expect(histogram.snapshot().count == UInt64(threads * Self.repetitions))
            print("| \(threads) | \(counting) ns | \(recording) ns |")
        }
    }

    private static func measure(_ threads: Int, _ body: @escaping @Sendable (Int) -> Void) async -> String {
        let start = ContinuousClock.now
        await withTaskGroup { group in
            for _ in 0..<threads {
                group.addTask { for index in 0..<repetitions { body(index) } }
            }
        }
        let each = (ContinuousClock.now - start) / repetitions
        return String(format: "%.1f", Double(each.components.attoseconds) / 1e9)
    }
}
