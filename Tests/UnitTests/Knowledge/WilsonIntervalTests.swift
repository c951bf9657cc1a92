import Knowledge
import Testing

@Suite("Wilson's interval")
struct WilsonIntervalTests {
    /// Computed apart, from the formula in Brown, Cai and DasGupta (2001).
    @Test(
        "Known values",
        arguments: [
            (0.0, 10.0, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1),
            (0, 381, 0, 0.00998), (10, 1_000, 0.00544, 0.01831),
        ])
    func values(successes: Double, trials: Double, lower: Double, upper: Double) {
        let interval = WilsonInterval(successes: successes, trials: trials)
        #expect(abs(interval.lower - lower) < 1e-4)
        #expect(abs(interval.upper - upper) < 1e-4)
    }

    @Test("Without a trial the rate may be anything")
    func nothing() {
        let interval = WilsonInterval(successes: 0, trials: 0)
        #expect(interval.lower == 0 && interval.upper == 1)
    }
}
