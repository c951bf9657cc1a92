import Knowledge

/// Reads little-endian numbers and texts one behind the other; bytes that end too soon are damage.
struct ByteFields {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func next<Value: FixedWidthInteger>() throws(SnapshotError) -> Value {
        let size = MemoryLayout<Value>.size
        guard bytes.count - offset >= size else { throw .damaged }
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
        offset += size
        return Value(littleEndian: value)
    }

    mutating func text(_ byteCount: Int) throws(SnapshotError) -> String {
        guard bytes.count - offset >= byteCount else { throw .damaged }
        defer { offset += byteCount }
        return String(decoding: bytes[offset..<offset + byteCount], as: UTF8.self)
    }

    mutating func fingerprint() throws(SnapshotError) -> Fingerprint {
        Fingerprint(high: try next(), low: try next())
    }
}
