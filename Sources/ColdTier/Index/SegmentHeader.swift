import CScan
import Knowledge

/// The head of a segment; its layout is drawn at `SegmentCodec`.
struct SegmentHeader {
    /// "TCVECSEG" read as a little-endian number.
    static let magic: UInt64 = 0x4745_5343_4556_4354
    static let version: UInt32 = 1
    static let byteCount = 112
    /// LZ4 shrinks nothing below 1/255, so a longer raw length is a lie, refused before memory is had for it.
    private static let maximumRatio = 255

    enum Compression: UInt32 {
        case none = 0
        case lz4 = 1
    }

    struct Entry {
        let compression: Compression
        let rawByteCount: Int
        let storedByteCount: Int
        let storedChecksum: UInt32
        let rawChecksum: UInt32
    }

    let dimension: Int
    let rowCount: Int
    let encoderCheck: UInt64
    let tenantCheck: UInt64
    /// One for each `SegmentPart`, in order.
    let entries: [Entry]

    init(dimension: Int, rowCount: Int, tenant: Tenant, encoder: EncoderIdentity, entries: [Entry]) {
        self.dimension = dimension
        self.rowCount = rowCount
        encoderCheck = Self.check(encoder.fingerprint)
        tenantCheck = Self.check(tenant.name)
        self.entries = entries
    }

    func belongs(to tenant: Tenant) -> Bool { tenantCheck == Self.check(tenant.name) }
    func wasMade(by encoder: EncoderIdentity) -> Bool {
        encoderCheck == Self.check(encoder.fingerprint) && dimension == encoder.dimension
    }

    /// FNV-1a, 64 bits: tells names apart that are mixed up, not names that are forged.
    private static func check(_ name: String) -> UInt64 {
        name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    // MARK: Bytes

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(Self.magic)
        append(Self.version)
        append(UInt32(truncatingIfNeeded: dimension))
        append(UInt32(truncatingIfNeeded: rowCount))
        append(UInt32(truncatingIfNeeded: entries.count))
        append(encoderCheck)
        append(tenantCheck)
        for entry in entries {
            append(entry.compression.rawValue)
            append(UInt32(0))
            append(UInt64(entry.rawByteCount))
            append(UInt64(entry.storedByteCount))
            append(entry.storedChecksum)
            append(entry.rawChecksum)
        }
        append(UInt32(0))
        append(bytes.withUnsafeBytes { scan_kernels.best.checksum($0) })
        return bytes
    }

    /// Reads a header and checks all that can be checked without the parts.
    init(_ bytes: UnsafeRawBufferPointer) throws(SegmentError) {
        func read<Value: FixedWidthInteger>(_ offset: Int, as type: Value.Type) -> Value {
            Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
        }
        guard bytes.count >= Self.byteCount else {
            throw .wrongLength(expected: Self.byteCount, actual: bytes.count)
        }
        guard read(0, as: UInt64.self) == Self.magic else { throw .notASegment }
        let version = read(8, as: UInt32.self)
        guard version == Self.version else { throw .unknownVersion(version) }
        let checksumOffset = Self.byteCount - 4
        let checksum = scan_kernels.best.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<checksumOffset]))
        guard checksum == read(checksumOffset, as: UInt32.self) else { throw .damagedHeader }

        dimension = Int(read(12, as: UInt32.self))
        rowCount = Int(read(16, as: UInt32.self))
        encoderCheck = read(24, as: UInt64.self)
        tenantCheck = read(32, as: UInt64.self)
        guard read(20, as: UInt32.self) == UInt32(SegmentPart.allCases.count),
            (1...FlatBlock.maximumDimension).contains(dimension), rowCount <= FlatBlock.maximumRowCount
        else { throw .damagedHeader }

        var entries: [Entry] = []
        var left = bytes.count - Self.byteCount
        for part in SegmentPart.allCases {
            let offset = 40 + 32 * part.rawValue
            let raw = part.rawByteCount(rowCount: rowCount, dimension: dimension)
            guard let compression = Compression(rawValue: read(offset, as: UInt32.self)),
                read(offset + 8, as: UInt64.self) == UInt64(raw),
                let stored = Int(exactly: read(offset + 16, as: UInt64.self)), stored <= raw
            else { throw .damagedHeader }
            guard stored <= left else { throw .wrongLength(expected: bytes.count - left + stored, actual: bytes.count) }
            guard compression == .lz4 ? raw <= stored * Self.maximumRatio : raw == stored else { throw .damagedHeader }
            left -= stored
            entries.append(
                Entry(
                    compression: compression, rawByteCount: raw, storedByteCount: stored,
                    storedChecksum: read(offset + 24, as: UInt32.self), rawChecksum: read(offset + 28, as: UInt32.self))
            )
        }
        guard left == 0 else { throw .wrongLength(expected: bytes.count - left, actual: bytes.count) }
        self.entries = entries
    }
}
