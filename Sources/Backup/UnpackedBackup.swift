import ColdTier
import Foundation
import Knowledge
import Sealing

/// A backup's databases in a folder of their own, every byte checked: what a restore and its rehearsal share.
///
/// Blocks the calling thread, which must be the caller's own. The folder goes away with the value.
final class UnpackedBackup {
    let header: BackupHeader
    let folder: String
    /// Of the backup's file.
    private let name: String

    /// - Parameter folder: made anew; what is in it is removed.
    init(
        _ path: String, seal: Sealer?, into folder: String, _ report: BackupProgress.Report
    ) throws(BackupError) {
        var reader = try BackupReader(path: path, seal: seal)
        let header = reader.header
        name = URL(filePath: path).lastPathComponent
        self.header = header
        self.folder = folder
        guard header.files.first?.name == ColdTier.databaseName,
            header.files.allSatisfy({ BackupSource.names.contains($0.name) }),
            Set(header.files.map(\.name)).count == header.files.count,
            header.files.allSatisfy({ $0.byteCount >= 0 })
        else { throw .damaged(name: name, detail: "its list of files") }
        guard header.store.schema <= StoreCopy.knownSchema else {
            throw .store(
                .newerSchema(file: name, found: header.store.schema, known: StoreCopy.knownSchema))
        }
        try Self.makeEmpty(folder)
        var done = 0
        var drafts: [DraftFile] = []
        for file in header.files { drafts.append(try DraftFile(path: folder + "/" + file.name, folder: folder)) }
        try reader.read { number, content throws(BackupError) in
            try drafts[number].write(content)
            done += content.count
            try BackupProgress.report(.reading, done, of: header.byteCount, to: report)
        }
        for draft in drafts { try draft.putInPlace() }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Opens the databases, brings the store's to this version's schema, reads all of both, and compares what is in it with
    /// what the head says.
    func check(_ report: BackupProgress.Report) throws(BackupError) -> StoreFacts {
        try BackupProgress.report(.checking, 0, of: header.byteCount, to: report)
        do {
            let store = StoreCopy(path: folder + "/" + ColdTier.databaseName, name: name)
            let found = try store.facts()
            guard found == header.store else {
                throw BackupError.damaged(
                    name: name,
                    detail: "it has \(found.items) items up to change \(found.changeNumber), its header says "
                        + "\(header.store.items) up to \(header.store.changeNumber)")
            }
            try store.check()
            for file in header.files.dropFirst() {
                try DatabaseCopy.check(file: folder + "/" + file.name, name: "\(file.name) of \(name)")
            }
            try BackupProgress.report(.checking, header.byteCount, of: header.byteCount, to: report)
            return found
        } catch {
            throw BackupError(error, folder: folder)
        }
    }

    /// Gives the store another identity; the databases are on disk when this returns.
    func renew() throws(BackupError) -> String {
        do {
            let id = try StoreCopy(path: folder + "/" + ColdTier.databaseName, name: name).renew()
            for file in header.files { try DraftFile.sync(folder: folder + "/" + file.name) }
            try DraftFile.sync(folder: folder)
            return id
        } catch {
            throw BackupError(error, folder: folder)
        }
    }

    private static func makeEmpty(_ folder: String) throws(BackupError) {
        try? FileManager.default.removeItem(atPath: folder)
        guard mkdir(folder, 0o700) == 0 else { throw .ofSystem(errno, path: folder, folder: folder) }
    }
}
