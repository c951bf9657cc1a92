public import Knowledge

/// One record of a source with what became of it.
public struct SourceRecord: Sendable {
    /// The line, from 1, on which it begins.
    public let line: Int
    /// Where in the source it ends, in bytes.
    public let endOffset: Int
    /// Bytes that it holds in memory, about.
    public let byteCount: Int
    public let outcome: Outcome

    public enum Outcome: Sendable {
        case item(ItemContent)
        /// - text: the record itself, so that it can be mended; its beginning when it is too long.
        case bad(RecordDefect, text: String)
    }
}

/// Reads the items of a source in any of the formats, one at a time and in order.
///
/// Memory: one chunk and one record. Blocking: use it on a thread of one's own.
package struct RecordReader {
    /// What is kept of a record that is too long.
    private static let excerptByteCount = 200

    package let format: SourceFormat
    private var scanner: Scanner

    private enum Scanner {
        case lines(LineScanner)
        case elements(ArrayScanner)
        case rows(RowScanner, CSVColumns)
    }

    /// - Parameter format: `nil` to tell it from the first byte.
    init(_ input: ByteReader, format: SourceFormat?) throws(ImportFailure) {
        var input = input
        try input.skipByteOrderMark()
        if format == nil { try input.skipWhiteSpace() }
        let first = try input.peek()
        self.format = format ?? SourceFormat(firstByte: first)
        switch self.format {
        case .ndjson: scanner = .lines(LineScanner(reader: input))
        case .json: scanner = .elements(ArrayScanner(reader: input))
        case .csv: scanner = try Self.rows(input)
        }
    }

    /// Reads what is in memory.
    package init(
        bytes: [UInt8], format: SourceFormat?, chunkByteCount: Int = ByteReader.chunkByteCount
    ) throws(ImportFailure) {
        var rest = bytes[...]
        let input = ByteReader(name: "test", chunkByteCount: chunkByteCount) { count in
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        try self.init(input, format: format)
    }

    package mutating func next() throws(ImportFailure) -> SourceRecord? {
        guard let raw = try nextRaw() else { return nil }
        return SourceRecord(line: raw.line, endOffset: offset, byteCount: raw.bytes.count, outcome: outcome(raw))
    }

    /// Passes over one record without decoding it; false at the end.
    mutating func skip() throws(ImportFailure) -> Bool { try nextRaw() != nil }

    /// Passes over that many records without decoding them, and returns where the last one ends.
    package mutating func skip(_ count: Int) throws(ImportFailure) -> Int {
        for _ in 0..<count { guard try nextRaw() != nil else { break } }
        return offset
    }

    private static func rows(_ input: ByteReader) throws(ImportFailure) -> Scanner {
        var rows = RowScanner(reader: input)
        guard let header = try rows.next(), header.defect == nil,
            let text = String(validating: header.bytes, as: UTF8.self)
        else {
            throw .badHeader(name: input.name, reason: "the first row must name the columns issue and resolution")
        }
        let columns = try CSVColumns(header: text, source: input.name)
        rows.delimiter = columns.delimiterByte
        return .rows(rows, columns)
    }

    private var offset: Int {
        switch scanner {
        case .lines(let lines): lines.reader.offset
        case .elements(let elements): elements.reader.offset
        case .rows(let rows, _): rows.reader.offset
        }
    }

    private mutating func nextRaw() throws(ImportFailure) -> RawRecord? {
        // The copies share the chunk of bytes, which is replaced but never written to.
        switch scanner {
        case .lines(var lines):
            let record = try lines.next()
            scanner = .lines(lines)
            return record
        case .elements(var elements):
            let record = try elements.next()
            scanner = .elements(elements)
            return record
        case .rows(var rows, let columns):
            let record = try rows.next()
            scanner = .rows(rows, columns)
            return record
        }
    }

    private func outcome(_ raw: RawRecord) -> SourceRecord.Outcome {
        if case .tooLong? = raw.defect { return bad(.tooLong(maximumBytes: RawRecord.maximumByteCount), raw) }
        if let defect = raw.defect { return bad(defect, raw) }
        guard let text = String(validating: raw.bytes, as: UTF8.self) else { return bad(.notUTF8, raw) }
        do {
            return .item(try fields(text, raw.bytes).content())
        } catch {
            return bad(error, raw)
        }
    }

    private func fields(_ text: String, _ bytes: [UInt8]) throws(RecordDefect) -> ItemFields {
        if case .rows(_, let columns) = scanner { return try columns.fields(of: text) }
        return try ItemFields(json: bytes)
    }

    private func bad(_ defect: RecordDefect, _ raw: RawRecord) -> SourceRecord.Outcome {
        let isWhole = raw.bytes.count < RawRecord.maximumByteCount
        let kept = isWhole ? raw.bytes[...] : raw.bytes.prefix(Self.excerptByteCount)
        return .bad(defect, text: String(decoding: kept, as: UTF8.self))
    }
}
