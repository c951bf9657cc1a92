import Dispatch
import Foundation
import Knowledge
import Synchronization

/// A small file that is read again when it has changed. Its reads are done on a queue of its own.
final class WatchedFile: Sendable {
    /// The file cannot be read; the description says why.
    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    let path: String
    private let maximumBytes: Int
    private let queue = DispatchQueue(label: "thermocline.access.file")
    private let last = Mutex<FileMark?>(nil)

    init(path: String, maximumBytes: Int) {
        self.path = path
        self.maximumBytes = maximumBytes
    }

    /// The content, if it is not the one of the last call.
    func changed() async throws(Unreadable) -> Data? {
        let result: Result<Data?, Unreadable> = await withCheckedContinuation { continuation in
            queue.async { [self] in
                continuation.resume(returning: Result { () throws(Unreadable) in try read() })
            }
        }
        return try result.get()
    }

    private func read() throws(Unreadable) -> Data? {
        let mark: FileMark
        do {
            mark = try FileMark(path: path)
        } catch {
            throw Unreadable(description: error.localizedDescription)
        }
        guard last.withLock({ $0 != mark }) else { return nil }
        guard mark.byteCount <= maximumBytes else {
            throw Unreadable(description: "it has more than \(maximumBytes) bytes")
        }
        guard let content = FileManager.default.contents(atPath: path) else {
            throw Unreadable(description: "it cannot be read")
        }
        last.withLock { $0 = mark }
        return content
    }
}
