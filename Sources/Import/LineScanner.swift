/// Finds the records of an NDJSON source: lines that are not blank, ended by LF or CR LF.
struct LineScanner {
    var reader: ByteReader

    mutating func next() throws(ImportFailure) -> RawRecord? {
        while true {
            try reader.skipWhiteSpace()
            guard try reader.peek() != nil else { return nil }
            var record = RawRecord(line: reader.line)
            while let byte = try reader.next(), byte != UInt8(ascii: "\n") { record.append(byte) }
            return record
        }
    }
}
