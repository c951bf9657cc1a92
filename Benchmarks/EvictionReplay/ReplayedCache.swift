/// A cache that a trace can be replayed through; it holds numbers in place of answers.
protocol ReplayedCache {
    /// Whether the key was there. If not, it may be now.
    mutating func ask(_ key: Int) -> Bool
}

extension ReplayedCache {
    /// The share of requests that were hits, from an empty cache on.
    static func hitRatio(of trace: Trace, _ cache: consuming Self) -> Double {
        var hits = 0
        for key in trace.requests where cache.ask(key) { hits += 1 }
        return Double(hits) / Double(trace.requests.count)
    }
}
