import Dispatch
import Foundation

/// Asks how much space there is where the data is. On a queue of its own, for a remote file system may block.
final class DiskSpace: Sendable {
    /// Bytes of one file system.
    struct Reading: Sendable, Hashable {
        /// What a process without privileges may still write.
        let freeBytes: UInt64
        let sizeBytes: UInt64
    }

    private let path: String
    private let queue = DispatchQueue(label: "thermocline.disk-space")

    init(path: String) {
        self.path = path
    }

    /// `nil` where the system does not say.
    func read() async -> Reading? {
        await withCheckedContinuation { continuation in
            queue.async { [path] in continuation.resume(returning: Self.read(path)) }
        }
    }

    private static func read(_ path: String) -> Reading? {
        var figures = statvfs()
        guard statvfs(path, &figures) == 0 else { return nil }
        let unit = UInt64(figures.f_frsize)
        return Reading(freeBytes: UInt64(figures.f_bavail) &* unit, sizeBytes: UInt64(figures.f_blocks) &* unit)
    }
}
