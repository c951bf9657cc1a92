/// Estimates how often keys came up lately: a count-min sketch of counters up to 15, halved now and then.
struct FrequencySketch {
    private static let rowCount = 4
    private static let maximum: UInt8 = 15

    private let mask: Int
    private let agingPeriod: Int
    private var counters: [UInt8]
    private var additions = 0

    /// - Parameter capacity: of the cache; the sketch has four counters in each row for each key held.
    init(capacity: Int) {
        var width = 64
        while width < 4 * capacity { width *= 2 }
        mask = width - 1
        agingPeriod = 10 * capacity
        counters = Array(repeating: 0, count: width * Self.rowCount)
    }

    mutating func add(_ key: Int) {
        for row in 0..<Self.rowCount {
            let place = place(key, row)
            if counters[place] < Self.maximum { counters[place] += 1 }
        }
        additions += 1
        guard additions >= agingPeriod else { return }
        for place in counters.indices { counters[place] /= 2 }
        additions /= 2
    }

    func estimate(_ key: Int) -> UInt8 {
        (0..<Self.rowCount).reduce(Self.maximum) { min($0, counters[place(key, $1)]) }
    }

    private func place(_ key: Int, _ row: Int) -> Int {
        let hash = SplitMix64.mix(UInt64(key) &* 4 &+ UInt64(row) &+ 1)
        return row * (mask + 1) + Int(truncatingIfNeeded: hash) & mask
    }
}
