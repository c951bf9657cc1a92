import Knowledge
import Routing
import TestSupport
import Testing

@Suite("Ghost cache")
struct GhostCacheTests {
    private static func fingerprint(_ number: Int) -> Fingerprint {
        var hash = SeededGenerator(seed: UInt64(number))
        return Fingerprint(high: hash.next(), low: hash.next())
    }

    @Test("Before the first look-up it expects nothing of any size")
    func empty() {
        let curve = GhostCache().curve()
        #expect(curve.lookups == 0)
        #expect(curve.sampledKeys == 0)
        #expect(curve.samplingRate == 1)
        #expect([0, 1, 1_000_000].map(curve.hitRate) == [0, 0, 0])
    }

    @Test("A loop is hit by a cache that holds all of it, and by no smaller one")
    func loop() {
        let ghost = GhostCache()
        for number in 0..<1_000 { ghost.record(Self.fingerprint(number % 100)) }
        #expect(ghost.curve(sizes: [0, 1, 99, 100, 101]) == [0, 0, 0, 0.9, 0.9])
    }

    @Test("Of a million keys it holds less than one percent")
    func bounded() {
        let ghost = GhostCache()
        let keys = 1_000_000
        for number in 0..<keys { ghost.record(Self.fingerprint(number)) }
        let curve = ghost.curve()
        #expect(curve.sampledKeys * 100 < keys)
        #expect(curve.sampledKeys <= GhostCache.stackCapacity * GhostCache.levelCount)
        #expect(curve.samplingRate < 0.01)
        #expect(curve.hitRate(at: keys) == 0)
    }

    @Test("The rate begins at 1 and falls as keys come")
    func fallingRate() {
        let ghost = GhostCache()
        var rates: [Double] = []
        for number in 0..<40_000 {
            ghost.record(Self.fingerprint(number))
            if [2_047, 2_500, 39_999].contains(number) { rates.append(ghost.curve().samplingRate) }
        }
        #expect(rates == [1, 0.25, 1.0 / 64])
    }

    @Test("Old behaviour fades: after a change the curve follows the new one")
    func aging() {
        let ghost = GhostCache()
        // Nothing is asked twice, and then a few questions again and again.
        for number in 0..<GhostCache.agingInterval { ghost.record(Self.fingerprint(number)) }
        #expect(ghost.curve(sizes: [100]) == [0])
        for number in 0..<3 * GhostCache.agingInterval { ghost.record(Self.fingerprint(number % 100)) }
        #expect(ghost.curve(sizes: [100])[0] > 0.9)
        #expect(ghost.curve().lookups <= 2 * Double(GhostCache.agingInterval))
    }

    @Test("A level whose keys are asked no more adds nothing")
    func silentLevel() {
        let curve = HitRateCurve(
            levels: [
                .init(scale: 1, hits: [0, 32, 0, 0], uses: 128), .init(scale: 4, hits: [0, 0, 0, 0], uses: 0),
            ], sampledKeys: 4)
        #expect([1, 2, 4, 5, 16, 99].map(curve.hitRate) == [0, 0.25, 0.25, 0.25, 0.25, 0.25])
    }

    @Test("Look-ups from several threads are all counted")
    func concurrency() async {
        let ghost = GhostCache()
        await withTaskGroup { group in
            for task in 0..<4 {
                group.addTask { for number in 0..<5_000 { ghost.record(Self.fingerprint(task * 10 + number % 10)) } }
            }
        }
        #expect(ghost.curve().lookups == 20_000)
        #expect(ghost.curve().sampledKeys == 40)
        #expect(ghost.curve(sizes: [40]) == [(20_000.0 - 40) / 20_000])
    }
}
