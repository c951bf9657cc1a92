import Embedding
import Knowledge
import Testing

struct EmbeddingCacheTests {
    private func fingerprint(_ number: Int) -> Fingerprint {
        Fingerprint(high: UInt64(number), low: UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
    }

    private func expect(_ cache: EmbeddingCache, hits: Int, misses: Int, count: Int) {
        #expect(cache.statistics.hits == hits)
        #expect(cache.statistics.misses == misses)
        #expect(cache.statistics.count == count)
    }

    @Test func `gives back what was put in and counts hits and misses`() {
        let cache = EmbeddingCache(capacity: 4)
        #expect(cache.get(fingerprint(1)) == nil)
        cache.insert([1, 2], for: fingerprint(1))
        #expect(cache.get(fingerprint(1)) == [1, 2])
        cache.insert([3], for: fingerprint(1))
        #expect(cache.get(fingerprint(1)) == [3])
        expect(cache, hits: 2, misses: 1, count: 1)
    }

    @Test func `drops what was not used for longest`() {
        let cache = EmbeddingCache(capacity: 3)
        for number in 1...3 { cache.insert([Float(number)], for: fingerprint(number)) }
        _ = cache.get(fingerprint(1))
        cache.insert([2], for: fingerprint(2))
        cache.insert([4], for: fingerprint(4))
        #expect(cache.get(fingerprint(3)) == nil)
        for number in [1, 2, 4] { #expect(cache.get(fingerprint(number)) == [Float(number)]) }
        #expect(cache.statistics.count == 3)
    }

    @Test func `keeps one entry when its capacity is one`() {
        let cache = EmbeddingCache(capacity: 1)
        for number in 1...3 { cache.insert([Float(number)], for: fingerprint(number)) }
        #expect(cache.get(fingerprint(2)) == nil)
        #expect(cache.get(fingerprint(3)) == [3])
    }

    @Test(arguments: [UInt64(7), 8, 9]) func `holds what a plain list of the latest would hold`(seed: UInt64) {
        let cache = EmbeddingCache(capacity: 8)
        var latest: [(key: Int, vector: [Float])] = []
        var state = seed
        for step in 0..<5_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let key = Int(state >> 33) % 14
            let place = latest.firstIndex { $0.key == key }
            if state >> 63 == 0 {
                #expect(cache.get(fingerprint(key)) == place.map { latest[$0].vector }, "seed \(seed) step \(step)")
                if let place { latest.insert(latest.remove(at: place), at: 0) }
            } else {
                cache.insert([Float(step)], for: fingerprint(key))
                if let place { latest.remove(at: place) }
                latest.insert((key, [Float(step)]), at: 0)
                if latest.count > 8 { latest.removeLast() }
            }
        }
    }

    @Test func `gives concurrent callers their own vectors`() async {
        let cache = EmbeddingCache(capacity: 50)
        let wrong = await withTaskGroup(of: Int.self) { group in
            for caller in 0..<8 {
                group.addTask {
                    var wrong = 0
                    for step in 0..<5_000 {
                        let number = (step * 31 + caller * 7) % 100
                        if let vector = cache.get(fingerprint(number)) {
                            if vector != [Float(number)] { wrong += 1 }
                        } else {
                            cache.insert([Float(number)], for: fingerprint(number))
                        }
                    }
                    return wrong
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
        let statistics = cache.statistics
        #expect(statistics.hits + statistics.misses == 40_000)
        #expect(statistics.count == 50)
    }
}
