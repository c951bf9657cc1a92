import Foundation

/// A file, or the standard input, open for reading.
///
/// Not to be shared between threads: it belongs to the reader that it was opened for.
final class InputFile {
    /// How long a read waits before it looks whether it should stop: short for a person, rare for the machine.
    private static let stopCheckMilliseconds: Int32 = 200

    let path: String?
    /// `nil` when it is a pipe or a terminal.
    let byteCount: Int?
    let modifiedNanoseconds: Int64
    private let descriptor: Int32

    /// - Parameter path: `nil` for the standard input.
    init(path: String?) throws(ImportFailure) {
        descriptor = path.map { open($0, O_RDONLY | O_CLOEXEC) } ?? dup(STDIN_FILENO)
        self.path = path
        let name = path ?? "standard input"
        guard descriptor >= 0 else { throw .cannotOpen(path: name, reason: Self.lastError) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            close(descriptor)
            throw .cannotOpen(path: name, reason: Self.lastError)
        }
        let kind = status.st_mode & S_IFMT
        guard kind != S_IFDIR else {
            close(descriptor)
            throw .cannotOpen(path: name, reason: "it is a folder")
        }
        byteCount = kind == S_IFREG ? Int(status.st_size) : nil
        modifiedNanoseconds = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }

    deinit { close(descriptor) }

    /// The bytes of this file for as long as `shouldStop` says no; then it reads as if it ended.
    func reader(stop: StopRequest) -> ByteReader {
        let name = path ?? "standard input"
        return ByteReader(name: name) { count throws(ImportFailure) in
            while !stop.isMade {
                var waiting = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&waiting, 1, Self.stopCheckMilliseconds) != 0 else { continue }
                var bytes = [UInt8](repeating: 0, count: count)
                let received = bytes.withUnsafeMutableBytes {
                    Foundation.read(self.descriptor, $0.baseAddress, $0.count)
                }
                if received < 0, errno == EINTR || errno == EAGAIN { continue }
                guard received >= 0 else { throw .cannotRead(name: name, reason: Self.lastError) }
                bytes.removeLast(count - received)
                return bytes
            }
            return []
        }
    }

    private static var lastError: String { String(cString: strerror(errno)) }
}
