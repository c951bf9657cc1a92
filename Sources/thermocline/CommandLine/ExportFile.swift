import Foundation

/// Where an export goes: a file that appears when it is whole, or the standard output.
///
/// For one task at a time.
final class ExportFile {
    private let path: String?
    private let handle: FileHandle
    private var lineCount = 0
    private var isFinished = false

    /// - Parameter path: `nil` for the standard output.
    init(path: String?) throws(CommandFailure) {
        self.path = path
        guard let path else {
            handle = .standardOutput
            return
        }
        guard FileManager.default.createFile(atPath: Self.partial(path), contents: nil),
            let handle = FileHandle(forWritingAtPath: Self.partial(path))
        else { throw .cannotWrite(path: path, reason: String(cString: strerror(errno))) }
        self.handle = handle
    }

    deinit {
        if let path, !isFinished { try? FileManager.default.removeItem(atPath: Self.partial(path)) }
    }

    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        do {
            try handle.write(contentsOf: bytes)
        } catch {
            throw .cannotWrite(path: path ?? "the standard output", reason: error.localizedDescription)
        }
        lineCount += bytes.count { $0 == UInt8(ascii: "\n") }
    }

    /// Puts the file in its place; returns how many lines it has.
    func finish() throws(CommandFailure) -> Int {
        guard let path else { return lineCount }
        do {
            try handle.synchronize()
            try handle.close()
        } catch {
            throw .cannotWrite(path: path, reason: error.localizedDescription)
        }
        guard rename(Self.partial(path), path) == 0 else {
            throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
        isFinished = true
        return lineCount
    }

    private static func partial(_ path: String) -> String { path + ".partial" }
}
