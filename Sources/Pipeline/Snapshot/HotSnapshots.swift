import ColdTier
import Dispatch
import HotTier
public import Knowledge
public import Logging
import Routing
public import Sealing
import Synchronization

/// Keeps hot and the router's ledger over a restart: written now and then and at the end, taken back at the start.
///
/// Losing a snapshot loses time alone, so no failure here goes further than the log and `status`. Reading and writing
/// happen on a queue of their own. Any task.
public final class HotSnapshots: Sendable {
    /// Ledger's entries kept, the most recent: what was asked lately. About 360 KB.
    package static let ledgerLimit = 10_000

    /// What became of the snapshots so far.
    public struct Status: Sendable, Hashable {
        /// When the last was written by this process; `nil` before.
        public internal(set) var savedAt: Timestamp?
        public internal(set) var byteCount = 0
        public internal(set) var answerCount = 0
        public internal(set) var saves = 0
        public internal(set) var failures = 0
        /// Why the last attempt to write failed; `nil` when it did not.
        public internal(set) var failure: String?
        /// Answers taken back at the start.
        public internal(set) var restoredAnswers = 0
        /// Why nothing was taken back, where there was something.
        public internal(set) var refusal: String?
    }

    private let tiers: TierStack
    private let file: SnapshotFile
    private let logger: Logger
    private let invalidate: Invalidate
    private let queue = DispatchQueue(label: "thermocline.snapshot", qos: .utility)
    private let state = Mutex(Status())

    /// - Parameter sealer: seals the answers; `nil` where they are kept as they are.
    public init(_ tiers: TierStack, directory: String, sealer: LiveSealer? = nil, logger: Logger) {
        self.tiers = tiers
        self.logger = logger
        file = SnapshotFile(in: directory, sealer: sealer)
        invalidate = Invalidate(cold: tiers.cold)
    }

    public var status: Status { state.withLock { $0 } }

    /// Takes back what the file has and what is still right. Before questions come.
    public func restore() async {
        await onQueue { self.restoreNow() }
    }

    /// Writes what there is now. At the end, once no request is under way and before cold is closed.
    public func save() async {
        await onQueue { self.saveNow() }
    }

    /// Deletes what was written.
    public func discard() async {
        await onQueue { self.file.delete() }
    }

    private func onQueue(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { done in
            queue.async {
                body()
                done.resume()
            }
        }
    }

    private func saveNow() {
        let now = tiers.time.now()
        let changeNumber = tiers.cold.changeNumber
        // Looked at now, an answer that stands is right at this change number, and at the next start if none comes after.
        let answers = tiers.hot.answersOldestFirst().filter {
            now < $0.expiresAt && invalidate.stands($0, at: changeNumber)
        }
        let snapshot = HotSnapshot(
            origin: HotSnapshot.Origin(
                storeID: tiers.cold.storeID, encoder: tiers.cold.encoder?.fingerprint ?? "",
                changeNumber: changeNumber, savedAt: now),
            pins: tiers.hot.pins(), answers: answers, ledger: tiers.ledger.mostRecent(Self.ledgerLimit))
        do throws(SnapshotError) {
            let byteCount = try file.write(snapshot)
            state.withLock { state in
                state.savedAt = now
                state.byteCount = byteCount
                state.answerCount = answers.count
                state.saves += 1
                state.failure = nil
            }
        } catch {
            let isNews = state.withLock { state in
                defer { state.failure = error.description }
                state.failures += 1
                return state.failure == nil
            }
            // Once, however often it is tried in vain.
            if isNews { logger.warning("The snapshot of the hot tier could not be written: \(error)") }
        }
    }

    private func restoreNow() {
        let found: HotSnapshot?
        do throws(SnapshotError) {
            found = try file.load()
        } catch .notSealed {
            // It is what people asked and were answered, in the open.
            file.delete()
            return refuse("\(SnapshotError.notSealed); it was deleted")
        } catch {
            return refuse("\(error)")
        }
        guard let found else { return }
        guard found.origin.storeID == tiers.cold.storeID else { return refuse("it is another store's") }
        tiers.ledger.restore(found.ledger, at: tiers.time.now())
        for pin in found.pins { _ = tiers.hot.pin(pin.fingerprint, tenant: pin.tenant) }
        let restored = restore(found)
        state.withLock { $0.restoredAnswers = restored }
        logger.notice("\(restored) of \(found.answers.count) answers are hot again, of \(found.origin.savedAt.rfc3339)")
    }

    /// - Returns: how many answers were taken in.
    private func restore(_ found: HotSnapshot) -> Int {
        // Another encoder's questions have other fingerprints, so nobody would find its answers.
        guard found.origin.encoder == tiers.cold.encoder?.fingerprint ?? "" else { return 0 }
        let now = tiers.time.now()
        let changeNumber = tiers.cold.changeNumber
        var restored = 0
        for answer in found.answers where now < answer.expiresAt && invalidate.stands(answer, at: changeNumber) {
            if case .admitted(let evicted) = tiers.hot.admit(answer) { restored += 1 - evicted.count }
        }
        return restored
    }

    private func refuse(_ reason: String) {
        state.withLock { $0.refusal = reason }
        logger.warning("The snapshot of the hot tier is not used: \(reason)")
    }
}
