/// Finds the rows of a CSV source, so that one row at a time can be handed to the parser.
///
/// A row ends at a LF outside of quotes. A quote opens a quoted field only at the field's beginning, as for
/// the parser, so that a stray quote in an open field spoils its own row and no other.
/// A quoted field that is never closed takes the rest of the source, or of the record limit, with it.
struct RowScanner {
    var reader: ByteReader
    var delimiter = UInt8(ascii: ",")

    private enum State { case fieldStart, open, quoted, quoteInQuoted }

    init(reader: ByteReader) {
        self.reader = reader
    }

    mutating func next() throws(ImportFailure) -> RawRecord? {
        // Not all white space: in a source with tabs, a tab at the beginning is an empty first field.
        while let byte = try reader.peek(), byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
            _ = try reader.next()
        }
        guard try reader.peek() != nil else { return nil }
        var record = RawRecord(line: reader.line)
        var state = State.fieldStart
        while let byte = try reader.next() {
            if byte == UInt8(ascii: "\n"), state != .quoted || record.defect != nil { return ended(record) }
            record.append(byte)
            state = following(state, byte)
        }
        if state == .quoted { record.defect = record.defect ?? .unclosedQuote }
        return ended(record)
    }

    private func following(_ state: State, _ byte: UInt8) -> State {
        switch (state, byte) {
        case (.quoted, UInt8(ascii: "\"")): .quoteInQuoted
        case (.quoted, _): .quoted
        case (.quoteInQuoted, UInt8(ascii: "\"")): .quoted
        case (_, delimiter): .fieldStart
        case (.fieldStart, UInt8(ascii: "\"")): .quoted
        case (.fieldStart, UInt8(ascii: " ")), (.fieldStart, UInt8(ascii: "\t")): .fieldStart
        case (.quoteInQuoted, _): .quoteInQuoted
        default: .open
        }
    }

    private func ended(_ record: RawRecord) -> RawRecord {
        var record = record
        if record.bytes.last == UInt8(ascii: "\r") { record.bytes.removeLast() }
        return record
    }
}
