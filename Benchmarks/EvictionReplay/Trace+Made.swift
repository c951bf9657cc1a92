extension Trace {
    private static let requestCount = 1_000_000
    private static let keyCount = 100_000

    /// Independent draws, some keys far more popular than others.
    static func zipf(_ exponent: Double, seed: UInt64) -> Trace {
        var random = SplitMix64(seed: seed)
        let popularity = ZipfDistribution(count: keyCount, exponent: exponent)
        return Trace("Zipf \(exponent)", (0..<requestCount).map { _ in popularity.draw(&random) })
    }

    /// Zipf 0.99, and after each 20,000 draws 5,000 keys in a row of a range of 50,000 that nobody else asks for.
    static func scans(seed: UInt64) -> Trace {
        let (drawn, scanned, scanRange) = (20_000, 5_000, 50_000)
        var random = SplitMix64(seed: seed)
        let popularity = ZipfDistribution(count: keyCount, exponent: 0.99)
        var nextScanned = 0
        return Trace(
            "Zipf 0.99 with scans",
            (0..<requestCount).map { request in
                guard request % (drawn + scanned) >= drawn else { return popularity.draw(&random) }
                nextScanned = (nextScanned + 1) % scanRange
                return keyCount + nextScanned
            })
    }

    /// Zipf 0.99, in which after each 50,000 requests the 500 most popular keys become the least popular.
    static func shifting(seed: UInt64) -> Trace {
        let (period, step) = (50_000, 500)
        var random = SplitMix64(seed: seed)
        let popularity = ZipfDistribution(count: keyCount, exponent: 0.99)
        return Trace(
            "shifting Zipf 0.99",
            (0..<requestCount).map { request in
                (popularity.draw(&random) + request / period * step) % keyCount
            })
    }

    /// The same keys round and round, a tenth more of them than the cache holds.
    static func loop(share: Double) -> Trace {
        let length = Int(Double(keyCount) * share * 1.1)
        return Trace("loop of 1.1 × the cache", (0..<requestCount).lazy.map { $0 % length }, sizeBase: keyCount)
    }
}
