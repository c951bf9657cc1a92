import CScan
import Dispatch
import Foundation
import Synchronization

/// A thread that takes part in scans, one at a time, and sleeps when there was nothing to do for a while.
final class ScanCrewMember: Sendable {
    /// Pauses of a few dozen nanoseconds before it sleeps: on the order of 50 µs. Questions asked back to back find it awake.
    private static let spinCount = 2_000

    private enum State {
        static let awake = 0
        static let asleep = 1
        /// A scan is about to be posted: not the moment to fall asleep.
        static let expectant = 2
    }

    /// The core that the thread stays on; `nil` for any.
    let core: CInt?
    private let scan = Mutex<SignScan?>(nil)
    /// Moves with every scan posted, and when it is dismissed.
    private let number = Atomic<Int>(0)
    private let state = Atomic<Int>(State.awake)
    private let isDismissed = Atomic<Bool>(false)
    private let bell = DispatchSemaphore(value: 0)

    /// Starts the thread, which lives until `dismiss`.
    init(core: CInt?) {
        self.core = core
        let thread = Thread { [self] in help() }
        thread.name = "scan"
        thread.start()
    }

    /// Ends its sleep: it is there some 30 µs later, and waits for a scan. Costs its caller a few microseconds, or next to
    /// nothing if it does not sleep.
    func wake() {
        let previous = state.exchange(State.expectant, ordering: .sequentiallyConsistent)
        if previous == State.asleep { bell.signal() }
    }

    /// Gives it a scan to take part in, if it is awake. False when it has one already.
    func post(_ posted: SignScan) -> Bool {
        let isPosted = scan.withLock { scan in
            guard scan == nil else { return false }
            scan = posted
            return true
        }
        if isPosted { number.add(1, ordering: .releasing) }
        return isPosted
    }

    /// Takes a scan away that it has not begun with.
    func retract() {
        scan.withLock { $0 = nil }
    }

    func dismiss() {
        isDismissed.store(true, ordering: .releasing)
        wake()
    }

    private func help() {
        if let core { scan_stay_on_core(core) }
        var seen = 0
        while !isDismissed.load(ordering: .acquiring) {
            let newest = number.load(ordering: .acquiring)
            if newest != seen {
                seen = newest
                scan.withLock { $0 }?.participate()
            }
            if !spin(until: seen) { sleep() }
        }
    }

    /// True when something was posted after number `seen`.
    private func spin(until seen: Int) -> Bool {
        for _ in 0..<Self.spinCount {
            if number.load(ordering: .relaxed) != seen || isDismissed.load(ordering: .relaxed) { return true }
            scan_pause()
        }
        return false
    }

    private func sleep() {
        let isUnexpectant = state.compareExchange(
            expected: State.awake, desired: State.asleep, ordering: .sequentiallyConsistent
        ).exchanged
        if isUnexpectant { bell.wait() }
        // Reads what it replaces, so that a dismissal before it is seen after it.
        _ = state.exchange(State.awake, ordering: .acquiringAndReleasing)
    }
}
