import Foundation
import Knowledge
import TestSupport
import Testing

@Suite("Points of time")
struct TimestampTests {
    @Test("Times are written as the formatter writes them")
    func times() {
        let seed = SeededGenerator.announcedSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1_000 {
            let timestamp = Timestamp(
                milliseconds: Int64.random(in: -10_000_000_000...4_000_000_000_000, using: &random))
            // The formatter works on floating-point seconds, so it is asked for whole ones only.
            let fraction = ((timestamp.milliseconds % 1000) + 1000) % 1000
            let second =
                Date(timeIntervalSince1970: Double((timestamp.milliseconds - fraction) / 1000))
                .formatted(Date.ISO8601FormatStyle()).dropLast() + "."
            let digits = String(1000 + fraction).suffix(3)
            #expect(timestamp.rfc3339 == second + digits + "Z", "seed \(seed)")
        }
    }
}
