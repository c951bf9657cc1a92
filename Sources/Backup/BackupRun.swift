import ColdTier
import Foundation
package import Knowledge
package import Sealing

/// Makes one backup: copies the databases, packs them into a draft, puts it in place, and reads it back.
///
/// Blocks the calling thread, which must be the caller's own. Whatever ends it early leaves no file that passes for a
/// backup.
package struct BackupRun {
    private let source: BackupSource
    private let folder: BackupFolder
    private let seal: Sealer?
    /// Of the program.
    private let version: String
    private let report: BackupProgress.Report
    /// Bytes of a backup after which its disk is full: a fault for tests.
    package var spaceLimit: Int?

    package init(
        _ source: BackupSource, into folder: BackupFolder, seal: Sealer?, version: String,
        report: @escaping BackupProgress.Report
    ) {
        self.source = source
        self.folder = folder
        self.seal = seal
        self.version = version
        self.report = report
    }

    /// - Returns: the backup, and the names of those that retention let go.
    package func run(
        at now: Timestamp, keeping retention: Retention
    ) throws(BackupError) -> (backup: StoredBackup, expired: [String]) {
        let lock = try folder.lock()
        defer { lock.release() }
        folder.removeLeftovers()
        // The copies, and what is packed of them at worst.
        try folder.requireSpace(2 * source.databases.reduce(0) { $0 + $1.byteCount })
        let name = BackupName.of(now)
        defer { folder.removeLeftovers() }
        var copies: [String] = []
        for database in source.databases {
            copies.append(try copy(database, folder.file("\(name).\(database.name)\(BackupFolder.copySuffix)")))
        }
        let header = try header(of: copies, at: now)
        try pack(copies, header, into: folder.file(name))
        do throws(BackupError) {
            try readBack(name)
        } catch {
            unlink(folder.file(name))
            throw error
        }
        guard let backup = try folder.backups().first(where: { $0.name == name }) else {
            throw .nothingThere(folder: folder.path, name: name)
        }
        return (backup, try folder.expire(retention, newest: backup))
    }

    private func copy(_ database: BackupSource.Database, _ target: String) throws(BackupError) -> String {
        var isStopped = false
        do {
            try database.copy(target) { progress in
                do {
                    try BackupProgress.report(.copying, progress.doneBytes, of: progress.totalBytes, to: report)
                } catch {
                    isStopped = true
                    throw error
                }
            }
            return target
        } catch {
            // The store has words of its own for what breaks a copy off.
            throw isStopped ? .stopped : BackupError(error, folder: folder.path)
        }
    }

    private func header(of copies: [String], at now: Timestamp) throws(BackupError) -> BackupHeader {
        let facts: StoreFacts
        do {
            facts = try StoreCopy(path: copies[0], name: ColdTier.databaseName).facts()
        } catch {
            throw BackupError(error, folder: folder.path)
        }
        var files: [BackupHeader.File] = []
        for (database, copy) in zip(source.databases, copies) {
            files.append(.init(name: database.name, byteCount: try SourceFile(path: copy).byteCount()))
        }
        return BackupHeader(
            version: version, createdAt: now, store: facts, files: files, keyID: seal?.keyID.description)
    }

    private func pack(_ copies: [String], _ header: BackupHeader, into path: String) throws(BackupError) {
        let draft = try DraftFile(path: path, folder: folder.path, spaceLimit: spaceLimit)
        var writer = try BackupWriter(header, seal: seal, to: draft)
        var done = 0
        for copy in copies {
            try writer.add(try SourceFile(path: copy)) { count throws(BackupError) in
                done += count
                try BackupProgress.report(.writing, done, of: header.byteCount, to: report)
            }
        }
        try writer.finish()
        try draft.putInPlace()
    }

    /// What the disk gives back is what was written.
    private func readBack(_ name: String) throws(BackupError) {
        var reader = try BackupReader(path: folder.file(name), seal: seal)
        let total = reader.header.byteCount
        var done = 0
        try reader.read { _, content throws(BackupError) in
            done += content.count
            try BackupProgress.report(.reading, done, of: total, to: report)
        }
    }
}
