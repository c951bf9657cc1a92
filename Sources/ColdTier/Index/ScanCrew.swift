import CScan
import Synchronization

/// Threads that help searches with their first pass.
///
/// A search is helped when no other is under way: a helper is for a core that would idle. The caller always takes part and
/// waits neither for a helper to come nor for one to be done (see `SignScan`).
///
/// The shared crew has a helper on each of two cores, and asks the one on the core that the caller is not on: a thread that
/// may run anywhere is mostly woken on the core of who wakes it, where it takes time from the search instead of giving.
package final class ScanCrew: Sendable {
    package static let shared = ScanCrew(cores: firstCores(2))
    /// No helpers.
    package static let nobody = ScanCrew(helperCount: 0)

    /// Scans of fewer rows are not worth a helper.
    package static let defaultLeastRowCount = 65_536

    private let helpers: [ScanCrewMember]
    private let leastRowCount: Int
    /// One helper beside the caller: memory bandwidth is all that a scan asks for, and two cores take most of it.
    private let helpersPerScan: Int
    /// Scans under way.
    private let scanCount = Atomic<Int>(0)

    /// Starts helpers that run on any core, all of which help every scan. None for a count of 0 or less.
    package init(helperCount: Int, leastRowCount: Int = ScanCrew.defaultLeastRowCount) {
        helpers = (0..<max(0, helperCount)).map { _ in ScanCrewMember(core: nil) }
        helpersPerScan = helpers.count
        self.leastRowCount = leastRowCount
    }

    /// Starts a helper on each of `cores`, one of which helps a scan. None for a single core.
    package init(cores: [CInt], leastRowCount: Int = ScanCrew.defaultLeastRowCount) {
        helpers = cores.count > 1 ? cores.map { ScanCrewMember(core: $0) } : []
        helpersPerScan = 1
        self.leastRowCount = leastRowCount
    }

    deinit {
        for helper in helpers { helper.dismiss() }
    }

    /// Wakes who will help with a scan that is about to be run, so that helpers come while it is prepared.
    func wake(for rowCount: Int) {
        guard rowCount >= leastRowCount, scanCount.load(ordering: .relaxed) == 0 else { return }
        for helper in chosenHelpers { helper.wake() }
    }

    /// Does all of a scan, with help if there is any. Blocks its thread meanwhile.
    func run(_ scan: SignScan) {
        let isAlone = scanCount.add(1, ordering: .relaxed).oldValue == 0
        defer { scanCount.subtract(1, ordering: .relaxed) }
        let posted = isAlone && scan.rowCount >= leastRowCount ? chosenHelpers.filter { $0.post(scan) } : []
        scan.participate()
        for helper in posted { helper.retract() }
        scan.finish()
    }

    private static func firstCores(_ limit: Int) -> [CInt] {
        Array(unsafeUninitializedCapacity: limit) { cores, count in
            count = cores.baseAddress.map { scan_cores($0, limit) } ?? 0
        }
    }

    private var chosenHelpers: ArraySlice<ScanCrewMember> {
        guard !helpers.isEmpty else { return [] }
        let here = scan_current_core()
        return helpers.filter { $0.core == nil || $0.core != here }.prefix(helpersPerScan)
    }
}
