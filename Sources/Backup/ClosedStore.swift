import ColdTier
import Foundation
package import Knowledge
package import Sealing

/// A data directory that no server has open, backed up while its lock is held.
///
/// Its database is copied as it is, so a store of an older version is backed up before it is migrated. Blocks the calling
/// thread.
package struct ClosedStore {
    private let directory: String

    package init(_ directory: String) {
        self.directory = directory
    }

    /// - Parameter version: of the program.
    package func backUp(
        into folder: BackupFolder, seal: Sealer?, keeping retention: Retention, version: String, at now: Timestamp,
        report: @escaping BackupProgress.Report
    ) throws(BackupError) -> (backup: StoredBackup, expired: [String]) {
        // Opening would make one.
        guard access(directory + "/" + ColdTier.databaseName, F_OK) == 0 else {
            throw .unusable(path: directory, reason: "there is no store in it")
        }
        let lock: DirectoryLock
        do {
            lock = try DirectoryLock.acquire(directory: directory)
        } catch {
            throw BackupError(error, folder: directory)
        }
        defer { lock.release() }
        let run = BackupRun(
            BackupSource(closed: directory), into: folder, seal: seal, version: version, report: report)
        return try run.run(at: now, keeping: retention)
    }
}
