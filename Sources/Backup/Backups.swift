package import ColdTier
import Dispatch
package import Knowledge
import Sealing
import Synchronization

/// The backups of one open store: made and looked at one at a time, on a thread of their own.
///
/// Any task.
package final class Backups: Sendable {
    /// What became of the attempts so far.
    package struct Status: Sendable, Hashable {
        /// The newest backup there is, of this process or one before.
        package internal(set) var newest: StoredBackup?
        package internal(set) var successes: UInt64 = 0
        package internal(set) var failures: UInt64 = 0
        /// Why the last attempt failed; `nil` when it did not.
        package internal(set) var failure: BackupError?
    }

    package let folder: BackupFolder
    private let cold: ColdTier
    private let retention: Retention
    private let version: String
    private let queue = DispatchQueue(label: "thermocline.backup", qos: .utility)
    private let state: Mutex<Status>

    /// - Parameter version: of the program.
    package init(of cold: ColdTier, in folder: BackupFolder, keeping retention: Retention, version: String) {
        self.cold = cold
        self.folder = folder
        self.retention = retention
        self.version = version
        state = Mutex(Status(newest: try? folder.backups().first))
    }

    package var status: Status { state.withLock { $0 } }

    package func list() async throws(BackupError) -> [StoredBackup] {
        let folder = folder
        return try await onQueue { () throws(BackupError) in try folder.backups() }
    }

    /// Makes a backup while searches and writes go on.
    ///
    /// - Returns: the backup, and the names of those that retention let go.
    package func make(
        at now: Timestamp, report: @escaping BackupProgress.Report
    ) async throws(BackupError) -> (backup: StoredBackup, expired: [String]) {
        do {
            let made = try await onQueue { [self] () throws(BackupError) in
                let run = BackupRun(BackupSource(cold), into: folder, seal: seal, version: version, report: report)
                return try run.run(at: now, keeping: retention)
            }
            state.withLock { state in
                state.newest = made.backup
                state.successes += 1
                state.failure = nil
            }
            return made
        } catch {
            if error != .stopped {
                state.withLock { state in
                    state.failures += 1
                    state.failure = error
                }
            }
            throw error
        }
    }

    /// Rehearses the restore of a backup of the folder, in a folder of its own beside the store.
    ///
    /// - Parameter name: of a backup, or `latest`.
    package func verify(
        _ name: String, report: @escaping BackupProgress.Report
    ) async throws(BackupError) -> Restore.Outcome {
        try await onQueue { [self] () throws(BackupError) in
            let path = try folder.locate(named: name)
            return try Restore(path, seal: seal, report: report).rehearse(in: cold.directory + "/rehearsal.draft")
        }
    }

    /// Reads the whole store.
    package func verifyStore() async throws(BackupError) -> StoreVerification {
        try await onQueue { [cold] () throws(BackupError) in
            do {
                return try cold.verify()
            } catch {
                throw BackupError(error, folder: cold.directory)
            }
        }
    }

    /// Gives back what the store's file does not need. Stopped by cancelling the task.
    package func compactStore() async throws(BackupError) -> CompactionSummary {
        do {
            return try await cold.compact()
        } catch {
            throw Task.isCancelled ? .stopped : BackupError(error, folder: cold.directory)
        }
    }

    /// By the keys in force now, which may be others than at the start.
    private var seal: Sealer? { cold.currentKeys.map { Sealer($0, purpose: "backup") } }

    private func onQueue<Value: Sendable>(
        _ body: @escaping @Sendable () throws(BackupError) -> Value
    ) async throws(BackupError) -> Value {
        let result: Result<Value, BackupError> = await withCheckedContinuation { done in
            queue.async {
                done.resume(returning: Result { () throws(BackupError) in try body() })
            }
        }
        return try result.get()
    }
}
