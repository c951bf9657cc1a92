/// A token bucket as it is explained: a level that rises with time to its rim, and falls by what is taken.
///
/// The level is counted in microseconds of filling, so that it is exact.
struct NaiveBucket {
    let burst: Int
    let tokenMicroseconds: Int64
    var level: Int64
    private var last: Int64

    init(burst: Int, tokenMicroseconds: Int64, at now: Int64) {
        self.burst = burst
        self.tokenMicroseconds = tokenMicroseconds
        level = Int64(burst) * tokenMicroseconds
        last = now
    }

    var tokens: Int { Int(level / tokenMicroseconds) }

    mutating func advance(to now: Int64) {
        level = min(Int64(burst) * tokenMicroseconds, level + (now - last))
        last = now
    }

    mutating func take(_ cost: Int, at now: Int64) -> Bool {
        advance(to: now)
        guard level >= Int64(cost) * tokenMicroseconds else { return false }
        level -= Int64(cost) * tokenMicroseconds
        return true
    }
}
