import ColdTier
import Foundation
public import Knowledge
public import Sealing

/// Puts a backup in the place of a data directory's databases, or rehearses that.
///
/// What is there is moved aside, never deleted. The directory's lock is held, so no server can be at it. While files move, a
/// mark (`restore.unfinished`) keeps every start from taking the half-empty directory for a new one; a restore that was cut
/// short is simply run again. Blocks the calling thread, which must be the caller's own.
public struct Restore {
    /// What came of it.
    public struct Outcome: Sendable, Hashable {
        public let header: BackupHeader
        /// By counting, in the backup.
        public let facts: StoreFacts
        /// The new UUID of the store; `nil` of a rehearsal.
        public let storeID: String?
        /// The folder in the data directory with what was there before; `nil` when nothing was.
        public let movedTo: String?
    }

    private let backup: String
    private let seal: Sealer?
    private let report: BackupProgress.Report

    /// - Parameter backup: its path.
    public init(_ backup: String, seal: Sealer?, report: @escaping BackupProgress.Report) {
        self.backup = backup
        self.seal = seal
        self.report = report
    }

    /// Unpacks and checks the backup in a folder that goes away again.
    ///
    /// - Parameter scratch: does not exist yet; on a disk with room for the databases.
    public func rehearse(in scratch: String) throws(BackupError) -> Outcome {
        let unpacked = try UnpackedBackup(backup, seal: seal, into: scratch, report)
        let facts = try unpacked.check(report)
        return Outcome(header: unpacked.header, facts: facts, storeID: nil, movedTo: nil)
    }

    public func run(into directory: String, at now: Timestamp) throws(BackupError) -> Outcome {
        let lock: DirectoryLock
        do {
            lock = try DirectoryLock.acquire(directory: directory)
        } catch {
            throw BackupError(error, folder: directory)
        }
        defer { lock.release() }
        let unpacked = try UnpackedBackup(backup, seal: seal, into: directory + "/restore.draft", report)
        let facts = try unpacked.check(report)
        let id = try unpacked.renew()
        let aside = directory + "/before-restore-" + now.rfc3339.filter { $0 != "-" && $0 != ":" }
        let mark = try DraftFile(path: directory + "/" + StoreFile.restoreMark, folder: directory)
        try mark.write(Array((backup + "\n").utf8))
        try mark.putInPlace()
        let hasMoved = try moveAside(unpacked.header, from: directory, to: aside)
        for file in unpacked.header.files {
            try move(unpacked.folder + "/" + file.name, to: directory + "/" + file.name, folder: directory)
        }
        try DraftFile.sync(folder: directory)
        guard unlink(mark.path) == 0 else { throw .ofSystem(errno, path: mark.path, folder: directory) }
        try DraftFile.sync(folder: directory)
        return Outcome(header: unpacked.header, facts: facts, storeID: id, movedTo: hasMoved ? aside : nil)
    }

    /// A log that stayed would be read into the database that comes in its place.
    private func moveAside(
        _ header: BackupHeader, from directory: String, to aside: String
    ) throws(BackupError) -> Bool {
        let databases = header.files.flatMap { file in ["", "-wal", "-shm", "-journal"].map { file.name + $0 } }
        let found = (databases + ["hot.snapshot"]).filter { access(directory + "/" + $0, F_OK) == 0 }
        guard !found.isEmpty else { return false }
        guard mkdir(aside, 0o700) == 0 else { throw .ofSystem(errno, path: aside, folder: directory) }
        for name in found { try move(directory + "/" + name, to: aside + "/" + name, folder: directory) }
        try DraftFile.sync(folder: aside)
        try DraftFile.sync(folder: directory)
        return true
    }

    private func move(_ path: String, to target: String, folder: String) throws(BackupError) {
        guard rename(path, target) == 0 else { throw .ofSystem(errno, path: path, folder: folder) }
    }
}
