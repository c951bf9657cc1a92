import Foundation
import Import

/// What the bulk route replies: a line for each item that failed, and a summary as the last one.
struct BulkReply {
    let receipt: BatchReceipt

    private struct Line: Decodable {
        struct Fault: Decodable { let message: String }
        struct Summary: Decodable {
            let created: Int
            let replaced: Int
            let unchanged: Int
            let stopped: Bool
        }
        /// From 1.
        let line: Int?
        let error: Fault?
        let summary: Summary?
    }

    /// - Throws: `CommandFailure` when the store behind the server failed, or the reply is not whole.
    init(ndjson bytes: [UInt8], url: String) throws {
        var refused: [Int: String] = [:]
        var summary: Line.Summary?
        for text in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let line = try? JSONDecoder().decode(Line.self, from: Data(text)) else {
                throw CommandFailure.badReply(url: url)
            }
            if let number = line.line, let error = line.error { refused[number - 1] = error.message }
            summary = line.summary ?? summary
        }
        guard let summary else { throw CommandFailure.badReply(url: url) }
        // Asked to continue, the server stops only when its store fails: no item is to blame.
        if summary.stopped {
            let message = refused.max { $0.key < $1.key }?.value ?? "its store failed"
            throw CommandFailure.serverStopped(url: url, message: message)
        }
        receipt = BatchReceipt(
            created: summary.created, replaced: summary.replaced, unchanged: summary.unchanged, refused: refused)
    }
}
