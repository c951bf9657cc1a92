/// How long a client may still be waited for: used up by waiting, earned by bytes, bounded.
struct Patience {
    private let maximum: Double
    private let secondsPerByte: Double
    private(set) var seconds: Double

    init(_ maximum: Duration, slowestBytesPerSecond: Double) {
        self.maximum = maximum.milliseconds / 1_000
        secondsPerByte = 1 / slowestBytesPerSecond
        seconds = self.maximum
    }

    var isUsedUp: Bool { seconds <= 0 }

    mutating func restore() { seconds = maximum }

    mutating func earn(bytes: Int) { seconds = min(maximum, seconds + Double(bytes) * secondsPerByte) }

    mutating func wait(_ elapsed: Double) { seconds -= elapsed }
}
