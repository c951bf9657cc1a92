import Foundation

/// The file in which the bad records of a source are kept apart: one JSON object each, with line, reason, text.
///
/// Made when the first one comes.
struct RejectedRecords {
    static let suffix = ".rejected.ndjson"

    let path: String
    private(set) var byteCount: Int
    private var file: FileHandle?

    private struct Entry: Encodable {
        let line: Int
        let reason: String
        let text: String
    }

    /// - Parameters:
    ///   - source: the file they come from, `nil` for the standard input (they go to the working folder then).
    ///   - fallback: a folder to use where the source's own cannot be written.
    ///   - keeping: the length up to which an earlier part of this import has written it; the rest is cut off.
    init(source: String?, fallback: String, keeping byteCount: Int) throws(ImportFailure) {
        let url = URL(fileURLWithPath: source ?? "stdin")
        let folder = url.deletingLastPathComponent().path
        let isWritable = FileManager.default.isWritableFile(atPath: folder)
        path = (isWritable ? folder : fallback) + "/" + url.lastPathComponent + Self.suffix
        self.byteCount = byteCount
        do {
            if byteCount > 0 {
                try open()
            } else if FileManager.default.fileExists(atPath: path) {
                try FileManager.default.removeItem(atPath: path)
            }
        } catch {
            throw .cannotWrite(path: path, reason: error.localizedDescription)
        }
    }

    mutating func add(line: Int, _ defect: RecordDefect, text: String) throws(ImportFailure) {
        do {
            try open()
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            var bytes = try encoder.encode(Entry(line: line, reason: defect.description, text: text))
            bytes.append(UInt8(ascii: "\n"))
            try file?.write(contentsOf: bytes)
            byteCount += bytes.count
        } catch {
            throw .cannotWrite(path: path, reason: error.localizedDescription)
        }
    }

    private mutating func open() throws {
        guard file == nil else { return }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if !FileManager.default.fileExists(atPath: path) {
            try Data().write(to: URL(fileURLWithPath: path))
        }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        // A file that someone has shortened meanwhile is continued where it ends.
        byteCount = min(byteCount, Int(try file.seekToEnd()))
        try file.truncate(atOffset: UInt64(byteCount))
        self.file = file
    }
}
