import Routing
import TestSupport
import Testing

@Suite("Ghost stack")
struct GhostStackTests {
    @Test("Distances are those of a plain list, through forgetting and rewinding", arguments: [64, 128, 320])
    func distances(capacity: Int) {
        let seed = SeededGenerator.announcedSeed()
        var generator = SeededGenerator(seed: seed)
        for keys in [capacity / 4, capacity, capacity * 2] {
            var stack = GhostStack(capacity: capacity)
            /// Keys by their last use, the newest first.
            var list: [UInt64] = []
            var hasForgotten = false
            for step in 0..<5_000 {
                // The smaller of two numbers, so that some keys are used more than others.
                let key = UInt64(
                    min(
                        Int.random(in: 0..<keys, using: &generator), Int.random(in: 0..<keys, using: &generator)))
                let distance = list.firstIndex(of: key)
                #expect(stack.use(key) == distance, "seed \(seed), step \(step), key \(key) of \(keys)")
                if let distance { list.remove(at: distance) }
                list.insert(key, at: 0)
                if list.count > capacity {
                    list.removeLast()
                    hasForgotten = true
                }
                if step.isMultiple(of: 500) { #expect(stack.isConsistent, "seed \(seed), step \(step)") }
            }
            #expect(Set(stack.keys) == Set(list))
            #expect(stack.hasForgotten == hasForgotten)
            #expect(stack.isConsistent)
        }
    }
}
