public import Knowledge
import Synchronization

/// How often each address has failed to come in lately, so that guessing and its cost are bounded.
///
/// A window begins with an address's first failure. Any thread.
public final class FailedAttempts: Sendable {
    public static let windowMilliseconds: Int64 = 60_000
    /// Addresses remembered: about half a MB. Those whose windows began first make room.
    static let maximumAddresses = 4_096

    private struct Window {
        let began: Timestamp
        var failures: Int
    }

    private struct State {
        var windows: [String: Window] = [:]
        /// Since the last summary.
        var failures = 0
        var limited = 0
        var addresses: Set<String> = []
    }

    private let state = Mutex(State())
    private let failures = Counter()
    private let limited = Counter()

    /// Failures of one address in a window before it has to wait.
    private let maximumFailures: Int

    public init(maximumFailures: Int) {
        self.maximumFailures = maximumFailures
    }

    public var failureCount: UInt64 { failures.value }
    public var limitedCount: UInt64 { limited.value }

    /// Milliseconds until an address may try again; `nil` when it may now.
    public func wait(of address: String, at now: Timestamp) -> Int64? {
        state.withLock { state in
            guard let window = state.windows[address], window.failures >= maximumFailures else { return nil }
            let age = now.milliseconds(since: window.began)
            guard age >= 0, age < Self.windowMilliseconds else { return nil }
            state.limited += 1
            limited.add()
            return Self.windowMilliseconds - age
        }
    }

    public func record(_ address: String, at now: Timestamp) {
        failures.add()
        state.withLock { state in
            state.failures += 1
            if state.addresses.count < Self.summarisedAddresses { state.addresses.insert(address) }
            if let window = state.windows[address],
                (0..<Self.windowMilliseconds).contains(now.milliseconds(since: window.began))
            {
                state.windows[address]?.failures += 1
                return
            }
            if state.windows[address] == nil, state.windows.count >= Self.maximumAddresses {
                Self.makeRoom(&state, at: now)
            }
            state.windows[address] = Window(began: now, failures: 1)
        }
    }

    /// All that are over go, or the older half, so that the walk over the table is rare.
    private static func makeRoom(_ state: inout State, at now: Timestamp) {
        state.windows = state.windows.filter { now.milliseconds(since: $0.value.began) < windowMilliseconds }
        guard state.windows.count >= maximumAddresses else { return }
        let oldest = state.windows.sorted { $0.value.began < $1.value.began }.prefix(maximumAddresses / 2)
        for (address, _) in oldest { state.windows[address] = nil }
    }

    /// What failed since the last summary.
    public struct Summary: Sendable, Hashable {
        public let failures: Int
        /// Attempts refused unread.
        public let limited: Int
        /// Some of the addresses, sorted.
        public let addresses: [String]
    }

    /// Addresses named in a summary.
    static let summarisedAddresses = 16

    /// `nil` when nothing failed.
    public func takeSummary() -> Summary? {
        state.withLock { state in
            guard state.failures > 0 || state.limited > 0 else { return nil }
            let summary = Summary(
                failures: state.failures, limited: state.limited, addresses: state.addresses.sorted())
            state.failures = 0
            state.limited = 0
            state.addresses = []
            return summary
        }
    }
}
