import CScan
public import Knowledge

/// A segment as it is stored: a header and the parts that it speaks of.
public struct SegmentBytes: Sendable, Hashable {
    public var header: [UInt8]
    public var codes: [UInt8]
    /// Chunk by chunk.
    public var originals: [[UInt8]]

    public var byteCount: Int { originals.reduce(header.count + codes.count) { $0 + $1.count } }
}

/// Writes blocks as segments, and reads them back without their originals, which follow when they are needed.
///
/// A segment holds the live rows of one block of one tenant. Its originals are the only copy of these vectors and have
/// checksums of their own; its codes are derived, and made again from the originals when they are damaged. All numbers
/// are little-endian.
///
/// ```
/// header                                            read at the start
///      0     8  magic "TCVECSEG"
///      8     4  format version, 2
///     12     4  dimension d, 1…4096
///     16     4  rows n, 0…4096
///     20     4  chunks of originals c
///     24     8  FNV-1a 64 of the encoder's fingerprint
///     32     8  FNV-1a 64 of the tenant's name
///     40    8n  item ids
///      …    8n  numbers of the changes that wrote the vectors
///      …   16c  chunks, each: compression (0 none, 1 LZ4 block), bytes stored,
///               CRC-32C of the bytes stored, CRC-32C before compression
///      …     4  CRC-32C of all before
///
/// part 0, codes                                     read at the start
///      0    dn  int8 codes row by row
///      …    4n  scales, f32
///      …    4n  bounds of the quantisation error, f32
///      …     4  CRC-32C of header and codes: of the header's, continued
///
/// part 0x1000 + i, chunk i of the originals         read when needed, in any order
///      the f32 of ⌊64 KiB / 4d⌋ rows (at least one), transposed into 32 bit planes, as an LZ4 block;
///      stored as it is where LZ4 cannot shrink it
/// ```
///
/// The two checksums of a chunk tell damage on the medium from a fault in decompression; the one before compression
/// stays with the vectors when a later version compresses anew. Every length is checked against the rows, the dimension
/// and the bytes at hand before memory is had for it.
public enum SegmentCodec {
    /// The segment of a block's live rows. Blocks its thread for some 10 ms.
    public static func encode(_ block: FlatBlock, tenant: Tenant, encoder: EncoderIdentity) -> SegmentBytes {
        let storage = block.storage
        let chunkRowCount = SegmentHeader.chunkRowCount(dimension: block.dimension)
        var rows: [Int] = []
        var originals: [[UInt8]] = []
        var chunks: [SegmentHeader.Chunk] = []
        /// Of the chunk that is being filled.
        var vectors: [Float] = []
        vectors.reserveCapacity(min(chunkRowCount, block.liveCount) * block.dimension)
        func endChunk() {
            let raw = planes(of: vectors)
            let compressed = BlockCompression.compressed(raw)
            let stored = compressed ?? raw
            originals.append(stored)
            chunks.append(
                SegmentHeader.Chunk(
                    compression: compressed == nil ? .none : .lz4, storedByteCount: stored.count,
                    storedChecksum: checksum(stored), rawChecksum: checksum(raw)))
            vectors.removeAll(keepingCapacity: true)
        }
        for row in block.liveRowNumbers {
            let isRead: Void? = storage.withOriginal(row: row) {
                vectors.append(contentsOf: UnsafeBufferPointer(start: $0, count: block.dimension))
            }
            guard isRead != nil else { continue }
            rows.append(row)
            if rows.count.isMultiple(of: chunkRowCount) { endChunk() }
        }
        if !vectors.isEmpty { endChunk() }
        var header = SegmentHeader(
            dimension: block.dimension, tenant: tenant, encoder: encoder, ids: rows.map { storage.ids[$0] },
            changeNumbers: rows.map { storage.changeNumbers[$0] }, chunks: chunks)
        let headerBytes = header.seal()
        return SegmentBytes(
            header: headerBytes, codes: codes(of: rows, storage, headerChecksum: header.checksum),
            originals: originals)
    }

    /// The sealed block of a segment, with its originals left where `read` finds them.
    ///
    /// - Parameter codes: the part of that name. Without it, or when it is damaged, all originals are read at once and
    ///   the codes derived from them; rows whose originals are damaged are dead then.
    /// - Returns: the block, and whether its codes were those stored.
    public static func decode(
        header: UnsafeRawBufferPointer, codes: UnsafeRawBufferPointer?, tenant: Tenant, encoder: EncoderIdentity,
        cache: OriginalsCache = OriginalsCache(),
        readOriginals read: @escaping @Sendable (_ chunk: Int) throws -> [UInt8]?
    ) throws(SegmentError) -> (block: FlatBlock, hasStoredCodes: Bool) {
        let header = try SegmentHeader(header)
        guard header.belongs(to: tenant) else { throw .otherTenant }
        guard header.wasMade(by: encoder) else { throw .otherEncoder }
        let storage = BlockStorage(
            dimension: header.dimension, capacity: header.rowCount,
            source: OriginalsSource(header, in: cache, read: read))
        header.ids.withUnsafeBufferPointer { ids in
            if let ids = ids.baseAddress { storage.ids.update(from: ids, count: header.rowCount) }
        }
        header.changeNumbers.withUnsafeBufferPointer { numbers in
            if let numbers = numbers.baseAddress { storage.changeNumbers.update(from: numbers, count: header.rowCount) }
        }
        if let codes, restore(codes, header, into: storage) {
            return (FlatBlock(sealing: storage, rowCount: header.rowCount), true)
        }
        return (deriveCodes(storage, rowCount: header.rowCount), false)
    }

    // MARK: Codes

    private static func codes(of rows: [Int], _ storage: BlockStorage, headerChecksum: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rows.count * (storage.dimension + 8) + 4)
        func append(_ values: UnsafeMutablePointer<some Any>, _ count: Int) {
            bytes.append(contentsOf: UnsafeRawBufferPointer(UnsafeBufferPointer(start: values, count: count)))
        }
        for row in rows { append(storage.codes(row: row), storage.dimension) }
        for row in rows { append(storage.scales + row, 1) }
        for row in rows { append(storage.residualNorms + row, 1) }
        let sum = bytes.withUnsafeBytes { scan_kernels.best.checksum($0, after: headerChecksum) }
        withUnsafeBytes(of: sum.littleEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// False when the bytes are not those that were stored with this header.
    private static func restore(
        _ bytes: UnsafeRawBufferPointer, _ header: SegmentHeader, into storage: BlockStorage
    ) -> Bool {
        let (rowCount, dimension) = (header.rowCount, header.dimension)
        let end = rowCount * (dimension + 8)
        guard bytes.count == end + 4, let start = bytes.baseAddress else { return false }
        let sum = scan_kernels.best.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<end]), after: header.checksum)
        guard sum == UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: end, as: UInt32.self)) else {
            return false
        }
        for row in 0..<rowCount {
            UnsafeMutableRawPointer(storage.codes(row: row)).copyMemory(
                from: start + row * dimension, byteCount: dimension)
        }
        let floats = start + rowCount * dimension
        UnsafeMutableRawPointer(storage.scales).copyMemory(from: floats, byteCount: 4 * rowCount)
        UnsafeMutableRawPointer(storage.residualNorms).copyMemory(from: floats + 4 * rowCount, byteCount: 4 * rowCount)
        return true
    }

    /// Rows whose originals are damaged, or of a length that the error bounds do not hold for, are dead.
    private static func deriveCodes(_ storage: BlockStorage, rowCount: Int) -> FlatBlock {
        var block = FlatBlock(sealing: storage, rowCount: rowCount)
        for row in 0..<rowCount {
            guard let norm = storage.quantize(row: row), UnitVector.isAcceptable(norm: norm) else {
                block.kill(row: row)
                continue
            }
        }
        return block
    }

    // MARK: Originals

    private static func planes(of numbers: [Float]) -> [UInt8] {
        let byteCount = 32 * ((numbers.count + 7) / 8)
        return [UInt8](unsafeUninitializedCapacity: byteCount) { planes, count in
            numbers.withUnsafeBufferPointer { numbers in
                numbers.withMemoryRebound(to: UInt32.self) { words in
                    if let words = words.baseAddress, let planes = planes.baseAddress {
                        scan_planes_split_u32(words, numbers.count, planes)
                    }
                }
            }
            count = byteCount
        }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { scan_kernels.best.checksum($0) }
    }
}
