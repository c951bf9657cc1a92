import CScan
import Dispatch
import Foundation
import Synchronization

/// Threads that help searches with their first pass.
///
/// One search at a time is helped; another that comes meanwhile scans alone. The caller always takes part and waits
/// neither for a helper to come nor for one to be done (see `SignScan`). A helper looks for more work for `spinCount` pauses and then sleeps: waking it
/// costs more than it saves on a short scan, which is helped only by who is awake.
package final class ScanCrew: Sendable {
    /// One helper beside the caller: memory bandwidth is all that a scan asks for, and two cores take most of it.
    package static let shared = ScanCrew(helperCount: min(1, ProcessInfo.processInfo.activeProcessorCount - 1))

    /// Scans of fewer rows are not worth a helper.
    package static let defaultLeastRowCount = 32_768
    /// Scans of fewer rows do not wake a sleeping helper: they are done before it has come.
    private static let wakingRowCount = 262_144
    /// Pauses of a few dozen nanoseconds: on the order of 100 µs.
    private static let spinCount = 4_000

    /// What helpers look at; outlives the crew until they have left.
    private final class Board: Sendable {
        let scan = Mutex<SignScan?>(nil)
        /// Moves with every scan posted.
        let number = Atomic<Int>(0)
        let sleeperCount = Atomic<Int>(0)
        let isDismissed = Atomic<Bool>(false)
        let bell = DispatchSemaphore(value: 0)
    }

    private let board = Board()
    private let helperCount: Int
    private let leastRowCount: Int

    /// Starts the threads. None for a count of 0 or less. Tests let them help with short scans.
    package init(helperCount: Int, leastRowCount: Int = ScanCrew.defaultLeastRowCount) {
        self.leastRowCount = leastRowCount
        self.helperCount = max(0, helperCount)
        for number in 0..<self.helperCount {
            let thread = Thread { [board] in Self.help(board) }
            thread.name = "scan-\(number)"
            thread.start()
        }
    }

    deinit {
        board.isDismissed.store(true, ordering: .releasing)
        for _ in 0..<helperCount { board.bell.signal() }
    }

    /// Does all of a scan, with help if there is any. Blocks its thread meanwhile.
    func run(_ scan: SignScan) {
        let rowCount = scan.rowCount
        let isHelped = helperCount > 0 && rowCount >= leastRowCount && post(scan)
        if isHelped, rowCount >= Self.wakingRowCount {
            for _ in 0..<board.sleeperCount.load(ordering: .acquiring) { board.bell.signal() }
        }
        scan.participate()
        if isHelped { board.scan.withLock { $0 = nil } }
        scan.finish()
    }

    /// False when another scan is being helped.
    private func post(_ scan: SignScan) -> Bool {
        let isPosted = board.scan.withLock { posted in
            guard posted == nil else { return false }
            posted = scan
            return true
        }
        if isPosted { board.number.add(1, ordering: .releasing) }
        return isPosted
    }

    private static func help(_ board: Board) {
        var seen = 0
        while !board.isDismissed.load(ordering: .acquiring) {
            let number = board.number.load(ordering: .acquiring)
            if number != seen {
                seen = number
                board.scan.withLock { $0 }?.participate()
            }
            if !spin(board, until: seen) { sleep(board) }
        }
    }

    /// True when something was posted after number `seen`.
    private static func spin(_ board: Board, until seen: Int) -> Bool {
        for _ in 0..<spinCount {
            if board.number.load(ordering: .relaxed) != seen { return true }
            scan_pause()
        }
        return false
    }

    private static func sleep(_ board: Board) {
        board.sleeperCount.add(1, ordering: .acquiringAndReleasing)
        board.bell.wait()
        board.sleeperCount.subtract(1, ordering: .acquiringAndReleasing)
    }
}
