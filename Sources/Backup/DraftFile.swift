import Foundation

/// A file that is written under another name and gets its own once all of it is on disk.
///
/// For one thread at a time. What is not put in place goes away with the value.
final class DraftFile {
    /// What a draft's name ends with.
    static let suffix = ".draft"

    let path: String
    private let folder: String
    private let descriptor: Int32
    /// Bytes after which there is no more space: a fault for tests.
    private let spaceLimit: Int?
    private(set) var byteCount = 0
    private var isInPlace = false
    private var isClosed = false

    private var draftPath: String { path + Self.suffix }

    init(path: String, folder: String, spaceLimit: Int? = nil) throws(BackupError) {
        self.path = path
        self.folder = folder
        self.spaceLimit = spaceLimit
        descriptor = open(path + Self.suffix, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .ofSystem(errno, path: path, folder: folder) }
    }

    deinit {
        if !isClosed { close(descriptor) }
        if !isInPlace { unlink(draftPath) }
    }

    func write(_ bytes: [UInt8]) throws(BackupError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard spaceLimit.map({ byteCount < $0 }) ?? true else { throw .noSpace(folder: folder) }
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw .ofSystem(errno, path: path, folder: folder) }
            byteCount += written
            rest = rest.dropFirst(written)
        }
    }

    /// The file has its name and is on disk, whatever happens, when this returns.
    func putInPlace() throws(BackupError) {
        guard fsync(descriptor) == 0 else { throw .ofSystem(errno, path: path, folder: folder) }
        isClosed = true
        guard close(descriptor) == 0, rename(draftPath, path) == 0 else {
            throw .ofSystem(errno, path: path, folder: folder)
        }
        isInPlace = true
        try Self.sync(folder: folder)
    }

    /// Names in a folder are on disk when this returns.
    static func sync(folder: String) throws(BackupError) {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .ofSystem(errno, path: folder, folder: folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .ofSystem(errno, path: folder, folder: folder) }
    }
}
