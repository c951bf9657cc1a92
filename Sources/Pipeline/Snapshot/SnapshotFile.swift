import Foundation
package import Sealing

/// The file that a snapshot is kept in: the old one or the new one, whole, whenever the process or the power goes.
///
/// Blocks the calling thread. One writer at a time; the data directory has one owner, and it writes on one queue.
package struct SnapshotFile: Sendable {
    package static let name = "hot.snapshot"

    package let path: String
    private let directory: String
    private let sealer: LiveSealer?
    private var draftPath: String { path + ".draft" }

    package init(in directory: String, sealer: LiveSealer? = nil) {
        self.sealer = sealer
        self.directory = directory
        path = directory + "/" + Self.name
    }

    /// Writes a draft, syncs it and puts it in the place of the file.
    ///
    /// - Returns: bytes written.
    package func write(_ snapshot: HotSnapshot) throws(SnapshotError) -> Int {
        do throws(SnapshotError) {
            let count = try writeDraft(snapshot)
            guard rename(draftPath, path) == 0 else { throw failure(path) }
            try syncDirectory()
            return count
        } catch {
            unlink(draftPath)
            throw error
        }
    }

    private func writeDraft(_ snapshot: HotSnapshot) throws(SnapshotError) -> Int {
        // It holds what people asked: for the owner alone.
        let descriptor = open(draftPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(draftPath) }
        guard let stream = fdopen(descriptor, "w") else {
            let failure = failure(draftPath)
            close(descriptor)
            throw failure
        }
        var count = 0
        do throws(SnapshotError) {
            try SnapshotCodec.encode(snapshot, sealer: sealer?.current) { bytes throws(SnapshotError) in
                guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else { throw failure(draftPath) }
                count += bytes.count
            }
            guard fflush(stream) == 0, fsync(descriptor) == 0 else { throw failure(draftPath) }
        } catch {
            fclose(stream)
            throw error
        }
        guard fclose(stream) == 0 else { throw failure(draftPath) }
        return count
    }

    /// Deletes the file, if there is one, and what is left of a draft.
    package func delete() {
        unlink(path)
        unlink(draftPath)
    }

    /// The new name is on disk when this returns.
    private func syncDirectory() throws(SnapshotError) {
        let descriptor = open(directory, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(directory) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(directory) }
    }

    /// `nil` when there is none.
    package func load() throws(SnapshotError) -> HotSnapshot? {
        guard let stream = fopen(path, "re") else {
            guard errno == ENOENT else { throw failure(path) }
            return nil
        }
        defer { fclose(stream) }
        return try SnapshotCodec.decode(sealer: sealer?.current) { count throws(SnapshotError) in
            var bytes = [UInt8](repeating: 0, count: count)
            let got = fread(&bytes, 1, count, stream)
            guard got == count || ferror(stream) == 0 else { throw failure(path) }
            return got == count ? bytes : Array(bytes[..<got])
        }
    }

    private func failure(_ path: String) -> SnapshotError {
        .unusable(path: path, reason: String(cString: strerror(errno)))
    }
}
