import Knowledge
import Pipeline
import TestSupport
import Testing

@Suite("The threshold of semantic hits")
struct ThresholdControllerTests {
    private func controller(_ floor: Double = 0.82, maximum: Double = 0.01) -> ThresholdController {
        ThresholdController(floor: floor, rateMaximum: maximum)
    }

    @Test("A false reuse among the first raises it; one among many does not")
    func rises() {
        var early = controller()
        early.note(isFalse: true)
        #expect(early.threshold == 0.83)
        var late = controller()
        for _ in 0..<300 { late.note(isFalse: false) }
        late.note(isFalse: true)
        #expect(late.threshold == 0.82)
    }

    @Test("It rises no further than the ceiling, and falls no further than what is set")
    func bounds() {
        var controller = controller()
        for _ in 0..<1_000 { controller.note(isFalse: true) }
        #expect(controller.threshold == ThresholdController.ceiling)
        for _ in 0..<100_000 { controller.note(isFalse: false) }
        #expect(controller.threshold == 0.82)
        var high = self.controller(0.995)
        for _ in 0..<10 { high.note(isFalse: true) }
        #expect(high.threshold == 0.995)
    }

    @Test("After a step it looks at new verdicts alone, and 381 good ones let it down by half a rise")
    func falls() {
        var controller = controller()
        controller.note(isFalse: true)
        for _ in 0..<380 { controller.note(isFalse: false) }
        #expect(controller.threshold == 0.83)
        controller.note(isFalse: false)
        #expect(controller.threshold == 0.825)
    }

    @Test("The window slides: what was false long ago counts no more")
    func window() {
        var controller = controller()
        // As many false ones as do not raise it.
        for number in 0..<ThresholdController.window { controller.note(isFalse: number == 500) }
        #expect(controller.interval.lower > 0)
        for _ in 0..<501 { controller.note(isFalse: false) }
        #expect(controller.interval.lower == 0)
        #expect(controller.threshold == 0.82)
    }

    @Test("With nothing put up with it never falls, with anything put up with it never rises")
    func extremes() {
        var strict = controller(maximum: 0)
        strict.note(isFalse: true)
        for _ in 0..<5_000 { strict.note(isFalse: false) }
        #expect(strict.threshold == 0.83)
        var lax = controller(maximum: 1)
        for _ in 0..<5_000 { lax.note(isFalse: true) }
        #expect(lax.threshold == 0.82)
    }

    /// False reuses get rarer as the threshold rises: the share at 0.82, gone at 0.90.
    @Test("Streams of reuses settle where the false share is put up with", arguments: [0.0, 0.002, 0.05, 0.2])
    func streams(shareAtFloor: Double) {
        let seed = SeededGenerator.announcedSeed()
        var random = SeededGenerator(seed: seed)
        var controller = controller()
        var falseOfLast = 0
        for number in 0..<60_000 {
            let share = shareAtFloor * max(0, (0.90 - controller.threshold) / 0.08)
            let isFalse = Double.random(in: 0..<1, using: &random) < share
            controller.note(isFalse: isFalse)
            if number >= 30_000, isFalse { falseOfLast += 1 }
            #expect(controller.threshold >= 0.82 && controller.threshold <= ThresholdController.ceiling)
        }
        let rate = Double(falseOfLast) / 30_000
        #expect(rate < 0.02, "seed \(seed)")
        if shareAtFloor == 0 { #expect(controller.threshold == 0.82) }
        if shareAtFloor == 0.2 { #expect(controller.threshold > 0.85, "seed \(seed)") }
    }
}
