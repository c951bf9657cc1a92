/// One record as it stands in the source: a line, an array's element, a CSV row.
struct RawRecord {
    /// An item at every limit, each character escaped, takes less than half of this.
    static let maximumByteCount = 1024 * 1024

    /// The line, from 1, on which it begins.
    let line: Int
    /// Its bytes without what separates it from others; only the beginning when it is too long.
    var bytes: [UInt8] = []
    /// Why it cannot be decoded, when that shows before decoding.
    var defect: RecordDefect?

    /// Appends within the limit, and notes when there was no room.
    mutating func append(_ byte: UInt8) {
        if bytes.count < Self.maximumByteCount {
            bytes.append(byte)
        } else {
            defect = .tooLong(maximumBytes: Self.maximumByteCount)
        }
    }
}
