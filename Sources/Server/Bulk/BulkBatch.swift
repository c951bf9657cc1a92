import ColdTier
import Knowledge
import Pipeline

/// Successive lines of a bulk stream with all that can be done about them before they are stored.
struct BulkBatch: Sendable {
    private(set) var lineCount = 0
    private(set) var failures: [(number: Int, error: ContractError)] = []
    /// Of the lines that are stored by `writes`, in their order.
    private(set) var validNumbers: [Int] = []
    /// `nil` where no line is valid.
    private(set) var writes: PreparedWrites?

    /// Reads the lines, and has those that are valid encoded, tokenised and compressed: most of the work of an import, done
    /// while the batch before is being stored.
    ///
    /// - Parameter onError: with `.stop` nothing behind the first failed line is looked at.
    init(_ lines: [NumberedLine], onError: BulkRun.OnError, ingest: Ingest, caller: Caller) async {
        var contents: [ItemContent] = []
        for line in lines {
            lineCount += 1
            do throws(ContractError) {
                contents.append(try Self.content(of: line))
                validNumbers.append(line.number)
            } catch {
                failures.append((line.number, error))
                if onError == .stop { break }
            }
        }
        guard !contents.isEmpty else { return }
        writes = await ingest.prepare(batch: contents, skipUnchanged: true, for: caller)
    }

    private static func content(of line: NumberedLine) throws(ContractError) -> ItemContent {
        guard let bytes = line.bytes else {
            let limit = RequestBodyLimits.maximumLineBytes
            throw ContractError(413, "LINE_TOO_LARGE", "A line may have at most \(limit) bytes")
        }
        return try ItemRequest.content(JSONValue.object(bytes))
    }
}
