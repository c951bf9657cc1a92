import Foundation

/// A file read from its beginning to its end.
///
/// For one thread at a time.
final class SourceFile {
    let path: String
    private let descriptor: Int32

    init(path: String) throws(BackupError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .unusable(path: path, reason: String(cString: strerror(errno)))
        }
    }

    deinit { close(descriptor) }

    func byteCount() throws(BackupError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .unusable(path: path, reason: String(cString: strerror(errno)))
        }
        return Int(status.st_size)
    }

    /// The next bytes, at most `count`; fewer only at the end.
    func read(_ count: Int) throws(BackupError) -> [UInt8] {
        var failure: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { target, got in
            got = 0
            while got < count {
                let more = Foundation.read(descriptor, target.baseAddress.map { $0 + got }, count - got)
                if more < 0, errno == EINTR { continue }
                if more < 0 { failure = errno }
                guard more > 0 else { return }
                got += more
            }
        }
        if let failure { throw .unusable(path: path, reason: String(cString: strerror(failure))) }
        return bytes
    }
}
