/// Whether and when a call is tried again. A pure value.
package struct RetryPolicy: Sendable {
    /// Those who were told the same moment come back within this share of the wait after it.
    package static let spread = 0.1

    private let attempts: Int
    private let firstPause: Duration
    private let maximumPause: Duration

    package init(_ options: ClientOptions) {
        attempts = options.attempts
        firstPause = options.firstPause
        maximumPause = options.maximumPause
    }

    /// - Parameters:
    ///   - attempt: the one that failed, from 1.
    ///   - retryAfter: what the server asked for; never undercut.
    ///   - left: until the deadline.
    ///   - jitter: 0…1, drawn for this pause.
    /// - Returns: `nil` to give up, also where the deadline would come first.
    package func pause(after attempt: Int, retryAfter: Duration?, left: Duration, jitter: Double) -> Duration? {
        guard attempt < attempts else { return nil }
        let pause: Duration
        if let retryAfter {
            pause = retryAfter + max(retryAfter * Self.spread, firstPause) * jitter
        } else {
            // Beyond 2^20 every pause is the longest.
            let grown = firstPause * (1 << min(attempt - 1, 20))
            pause = min(grown, maximumPause) * (0.5 + jitter / 2)
        }
        return pause < left ? pause : nil
    }
}
