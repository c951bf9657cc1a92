import Foundation
import Synchronization

/// The lock that makes one process the owner of a data directory.
///
/// An advisory lock (`flock`) on `lock` in the directory, so that it goes with the process however that ends. The
/// file holds the owner's process id, for people.
package final class DirectoryLock: Sendable {
    private let descriptor: Mutex<Int32>

    private init(descriptor: Int32) {
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// Makes the directory when it is missing and takes the lock, without waiting for it.
    package static func acquire(directory: String) throws(ColdError) -> DirectoryLock {
        try makeDirectory(directory)
        let descriptor = open(directory + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unusable(directory, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let owner = owner(descriptor)
            close(descriptor)
            throw reason == EWOULDBLOCK
                ? .locked(directory: directory, owner: owner) : unusable(directory, reason)
        }
        let text = "\(getpid())\n"
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.utf8.count, 0) == text.utf8.count else {
            let reason = errno
            close(descriptor)
            throw reason == ENOSPC ? .storageFull(directory: directory) : unusable(directory, reason)
        }
        return DirectoryLock(descriptor: descriptor)
    }

    /// May be called again.
    package func release() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    private static func makeDirectory(_ directory: String) throws(ColdError) {
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory) {
            guard isDirectory.boolValue else {
                throw .directoryUnusable(directory: directory, reason: "it is not a directory")
            }
            return
        }
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            let reason = (error as? CocoaError)?.underlying as? POSIXError
            throw .directoryUnusable(
                directory: directory,
                reason: reason.map { String(cString: strerror($0.code.rawValue)) } ?? "it cannot be made")
        }
    }

    private static func owner(_ descriptor: Int32) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int(String(decoding: bytes[..<count], as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static func unusable(_ directory: String, _ code: Int32) -> ColdError {
        .directoryUnusable(directory: directory, reason: String(cString: strerror(code)))
    }
}
