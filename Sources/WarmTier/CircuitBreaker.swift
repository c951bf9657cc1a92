/// Stops asking a Redis that keeps failing, and finds out by itself when it can be asked again.
///
/// Closed: commands go through; `failureLimit` failures in a row within `windowMilliseconds` open it.
/// Open: nobody waits for Redis; after a delay the owner sends one PING of its own (`probing`), so that no
/// question pays for the trial. A PING answered in time closes it, any other outcome opens it for longer.
/// The delay doubles with each opening and falls back once a caller's command succeeds: a Redis that answers
/// PING but fails commands is asked ever more rarely, at most `maximumDelayMilliseconds` apart.
///
/// A pure value; time comes in as milliseconds of any steady clock.
package struct CircuitBreaker: Sendable {
    package static let failureLimit = 5
    package static let windowMilliseconds: Int64 = 10_000
    package static let firstDelayMilliseconds: Int64 = 100
    /// Short enough that a Redis that returns is used within two seconds.
    package static let maximumDelayMilliseconds: Int64 = 1_000

    package enum State: Sendable, Hashable {
        case closed, open, probing
    }

    package private(set) var state: State = .closed
    private var failures = 0
    private var firstFailureAtMilliseconds: Int64 = 0
    private var delayMilliseconds = firstDelayMilliseconds

    package init() {}

    /// A caller's command was answered in time.
    package mutating func succeeded() {
        guard state == .closed else { return }
        failures = 0
        delayMilliseconds = Self.firstDelayMilliseconds
    }

    /// A caller's command failed or got no answer in time.
    ///
    /// - Returns: when the breaker opens by it, how many milliseconds later to probe.
    package mutating func failed(atMilliseconds now: Int64) -> Int64? {
        guard state == .closed else { return nil }
        if failures == 0 || now - firstFailureAtMilliseconds > Self.windowMilliseconds {
            failures = 0
            firstFailureAtMilliseconds = now
        }
        failures += 1
        return failures >= Self.failureLimit ? open() : nil
    }

    /// True when a PING is to be sent now.
    package mutating func probeDue() -> Bool {
        guard state == .open else { return false }
        state = .probing
        return true
    }

    /// - Returns: when the probe failed, how many milliseconds later to send the next.
    package mutating func probed(succeeded: Bool) -> Int64? {
        guard state == .probing else { return nil }
        guard succeeded else { return open() }
        state = .closed
        failures = 0
        return nil
    }

    private mutating func open() -> Int64 {
        state = .open
        let delay = delayMilliseconds
        delayMilliseconds = min(delay * 2, Self.maximumDelayMilliseconds)
        return delay
    }
}
