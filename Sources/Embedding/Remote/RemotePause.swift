/// Spares questions the wait for a service that keeps failing. A pure value.
///
/// After `failureLimit` failures in a row calls fail at once for `pause`; then one call in each pause is let through
/// until one succeeds.
struct RemotePause {
    static let failureLimit = 3
    static let pause = Duration.seconds(5)

    private var failures = 0
    private var pausedUntil: ContinuousClock.Instant?
    private(set) var lastReason = ""

    /// Whether a call may be made. The first one after a pause begins the next one, so that it goes alone.
    mutating func admits(at now: ContinuousClock.Instant) -> Bool {
        guard let end = pausedUntil else { return true }
        guard now >= end else { return false }
        pausedUntil = now + Self.pause
        return true
    }

    mutating func succeeded() {
        failures = 0
        pausedUntil = nil
    }

    mutating func failed(_ reason: String, at now: ContinuousClock.Instant) {
        failures += 1
        lastReason = reason
        if failures >= Self.failureLimit { pausedUntil = now + Self.pause }
    }
}
