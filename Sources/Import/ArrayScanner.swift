/// Finds the elements of a JSON array without decoding it, so that only one element is in memory.
///
/// An element ends at a comma or closing bracket that stands outside of strings and at the array's own depth.
/// Inside an element, brackets of either kind are counted alike: whether they match is the decoder's business.
/// Commas too many are passed over.
struct ArrayScanner {
    var reader: ByteReader
    private var state = State.before

    private enum State { case before, inside, behind, done }

    init(reader: ByteReader) {
        self.reader = reader
    }

    mutating func next() throws(ImportFailure) -> RawRecord? {
        if state == .before { try open() }
        if state == .inside, let element = try element() { return element }
        return try remainder()
    }

    /// The caller has seen the bracket.
    private mutating func open() throws(ImportFailure) {
        try reader.skipWhiteSpace()
        guard try reader.peek() == UInt8(ascii: "[") else {
            throw .cannotRead(name: reader.name, reason: "it does not begin with [ as a JSON array does")
        }
        _ = try reader.next()
        state = .inside
    }

    private mutating func element() throws(ImportFailure) -> RawRecord? {
        try skipSeparators()
        var record = RawRecord(line: reader.line)
        var depth = 0
        var isInString = false
        var isEscaped = false
        while let byte = try reader.peek() {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "]") where depth == 0:
                    state = .behind
                    _ = try reader.next()
                    return record.bytes.isEmpty ? nil : record
                case UInt8(ascii: ",") where depth == 0: return record
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                default: break
                }
            }
            record.append(byte)
            _ = try reader.next()
        }
        state = .done
        record.defect = .unclosedArray
        return record
    }

    private mutating func skipSeparators() throws(ImportFailure) {
        while let byte = try reader.peek(), byte.isJSONWhiteSpace || byte == UInt8(ascii: ",") { _ = try reader.next() }
    }

    /// What stands behind the array is one bad record.
    private mutating func remainder() throws(ImportFailure) -> RawRecord? {
        guard state == .behind else { return nil }
        state = .done
        try reader.skipWhiteSpace()
        guard try reader.peek() != nil else { return nil }
        var record = RawRecord(line: reader.line)
        while let byte = try reader.next() { record.append(byte) }
        record.defect = .afterArray
        return record
    }
}
