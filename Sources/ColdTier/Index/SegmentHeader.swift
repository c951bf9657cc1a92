import CScan
import Knowledge

/// The head of a segment: which rows it has, and what its originals must be. Its layout is drawn at `SegmentCodec`.
struct SegmentHeader: Sendable {
    /// "TCVECSEG" read as a little-endian number.
    static let magic: UInt64 = 0x4745_5343_4556_4354
    static let version: UInt32 = 2
    static let fixedByteCount = 40
    private static let chunkByteCount = 16
    /// Raw bytes of a chunk of originals, at least one row: what a disk reads about as fast as any less.
    private static let wantedChunkBytes = 64 << 10
    /// LZ4 shrinks nothing below 1/255, so a longer raw length is a lie, refused before memory is had for it.
    private static let maximumRatio = 255

    enum Compression: UInt32, Sendable {
        case none = 0
        case lz4 = 1
    }

    /// One chunk of originals as it is stored.
    struct Chunk: Sendable {
        let compression: Compression
        let storedByteCount: Int
        let storedChecksum: UInt32
        let rawChecksum: UInt32
    }

    let dimension: Int
    let encoderCheck: UInt64
    let tenantCheck: UInt64
    /// One for each row.
    let ids: [Int64]
    let changeNumbers: [Int64]
    let chunks: [Chunk]
    /// CRC-32C of the bytes before it.
    private(set) var checksum: UInt32 = 0

    var rowCount: Int { ids.count }
    /// Rows of each chunk but perhaps the last.
    var chunkRowCount: Int { Self.chunkRowCount(dimension: dimension) }

    static func chunkRowCount(dimension: Int) -> Int {
        max(1, wantedChunkBytes / (dimension * MemoryLayout<Float>.size))
    }

    static func chunkCount(rowCount: Int, dimension: Int) -> Int {
        let rows = chunkRowCount(dimension: dimension)
        return (rowCount + rows - 1) / rows
    }

    func rows(ofChunk chunk: Int) -> Range<Int> {
        chunk * chunkRowCount..<min((chunk + 1) * chunkRowCount, rowCount)
    }

    /// Bytes of bit planes that a chunk's rows make.
    static func rawByteCount(rows: Int, dimension: Int) -> Int { 32 * ((rows * dimension + 7) / 8) }

    init(
        dimension: Int, tenant: Tenant, encoder: EncoderIdentity, ids: [Int64], changeNumbers: [Int64],
        chunks: [Chunk]
    ) {
        self.dimension = dimension
        encoderCheck = Self.check(encoder.fingerprint)
        tenantCheck = Self.check(tenant.name)
        self.ids = ids
        self.changeNumbers = changeNumbers
        self.chunks = chunks
    }

    func belongs(to tenant: Tenant) -> Bool { tenantCheck == Self.check(tenant.name) }
    func wasMade(by encoder: EncoderIdentity) -> Bool {
        encoderCheck == Self.check(encoder.fingerprint) && dimension == encoder.dimension
    }

    /// FNV-1a, 64 bits: tells names apart that are mixed up, not names that are forged.
    static func check(_ name: String) -> UInt64 {
        name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    // MARK: Bytes

    /// The header's bytes; sets `checksum`.
    mutating func seal() -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(Self.magic)
        append(Self.version)
        append(UInt32(truncatingIfNeeded: dimension))
        append(UInt32(truncatingIfNeeded: rowCount))
        append(UInt32(truncatingIfNeeded: chunks.count))
        append(encoderCheck)
        append(tenantCheck)
        for id in ids { append(id) }
        for changeNumber in changeNumbers { append(changeNumber) }
        for chunk in chunks {
            append(chunk.compression.rawValue)
            append(UInt32(truncatingIfNeeded: chunk.storedByteCount))
            append(chunk.storedChecksum)
            append(chunk.rawChecksum)
        }
        checksum = bytes.withUnsafeBytes { scan_kernels.best.checksum($0) }
        append(checksum)
        return bytes
    }

    /// Reads a header and checks all that can be checked without the parts.
    init(_ bytes: UnsafeRawBufferPointer) throws(SegmentError) {
        func read<Value: FixedWidthInteger>(_ offset: Int, as type: Value.Type) -> Value {
            Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
        }
        guard bytes.count >= Self.fixedByteCount + 4 else {
            throw .wrongLength(expected: Self.fixedByteCount + 4, actual: bytes.count)
        }
        guard read(0, as: UInt64.self) == Self.magic else { throw .notASegment }
        let version = read(8, as: UInt32.self)
        guard version == Self.version else { throw .unknownVersion(version) }
        let end = bytes.count - 4
        checksum = scan_kernels.best.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
        guard checksum == read(end, as: UInt32.self) else { throw .damagedHeader }

        dimension = Int(read(12, as: UInt32.self))
        let rowCount = Int(read(16, as: UInt32.self))
        let chunkCount = Int(read(20, as: UInt32.self))
        encoderCheck = read(24, as: UInt64.self)
        tenantCheck = read(32, as: UInt64.self)
        guard (1...FlatBlock.maximumDimension).contains(dimension), rowCount <= FlatBlock.maximumRowCount,
            chunkCount == Self.chunkCount(rowCount: rowCount, dimension: dimension)
        else { throw .damagedHeader }
        let numbersOffset = Self.fixedByteCount + 8 * rowCount
        let chunksOffset = numbersOffset + 8 * rowCount
        let expected = chunksOffset + Self.chunkByteCount * chunkCount + 4
        guard bytes.count == expected else { throw .wrongLength(expected: expected, actual: bytes.count) }
        ids = (0..<rowCount).map { read(Self.fixedByteCount + 8 * $0, as: Int64.self) }
        changeNumbers = (0..<rowCount).map { read(numbersOffset + 8 * $0, as: Int64.self) }

        var chunks: [Chunk] = []
        for number in 0..<chunkCount {
            let offset = chunksOffset + Self.chunkByteCount * number
            guard let compression = Compression(rawValue: read(offset, as: UInt32.self)) else { throw .damagedHeader }
            chunks.append(
                Chunk(
                    compression: compression, storedByteCount: Int(read(offset + 4, as: UInt32.self)),
                    storedChecksum: read(offset + 8, as: UInt32.self), rawChecksum: read(offset + 12, as: UInt32.self)))
        }
        self.chunks = chunks
        for (number, chunk) in chunks.enumerated() {
            let raw = Self.rawByteCount(rows: rows(ofChunk: number).count, dimension: dimension)
            let fits = chunk.compression == .lz4 ? raw <= chunk.storedByteCount * Self.maximumRatio : true
            guard fits, chunk.compression == .lz4 ? chunk.storedByteCount < raw : chunk.storedByteCount == raw else {
                throw .damagedHeader
            }
        }
    }
}
