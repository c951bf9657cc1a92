import CLZ4
import CScan
public import Knowledge

/// Writes blocks as segments, the bytes that a store keeps of them, and reads them back.
///
/// A segment holds the live rows of one block of one tenant. It is derived data: one that is missing, damaged or of
/// another encoder is made again from the item rows. All numbers are little-endian.
///
/// ```
/// offset  size  field
///      0     8  magic "TCVECSEG"
///      8     4  format version, 1
///     12     4  dimension, 1…4096
///     16     4  rows, 0…4096
///     20     4  parts, 2
///     24     8  FNV-1a 64 of the encoder's fingerprint
///     32     8  FNV-1a 64 of the tenant's name
///     40  2×32  parts in the order of `SegmentPart`, each
///                +0  4  compression: 0 none, 1 LZ4 block
///                +4  4  zero
///                +8  8  bytes before compression
///               +16  8  bytes stored
///               +24  4  CRC-32C of the bytes stored
///               +28  4  CRC-32C of the bytes before compression
///    104     4  zero
///    108     4  CRC-32C of bytes 0…107
///    112     …  the stored bytes of the parts, one after another, and nothing behind them
/// ```
///
/// Codes, scales and error bounds are not stored but derived from the originals, at a tenth of the cost of reading them.
/// A part that LZ4 cannot shrink is stored as it is. The two checksums of a part tell damage on the medium from a
/// fault in decompression; the one before compression stays with the vectors when a later version compresses anew.
/// Every length is checked against the rows, the dimension and the bytes at hand before memory is had for it.
public enum SegmentCodec {
    /// The segment of a block's live rows. Blocks its thread for milliseconds.
    public static func encode(_ block: FlatBlock, tenant: Tenant, encoder: EncoderIdentity) -> [UInt8] {
        let rows = Array(block.liveRowNumbers)
        var body: [UInt8] = []
        var entries: [SegmentHeader.Entry] = []
        for part in SegmentPart.allCases {
            let raw = bytes(of: part, rows: rows, block: block)
            let (stored, compression) = compressed(raw)
            entries.append(
                SegmentHeader.Entry(
                    compression: compression, rawByteCount: raw.count, storedByteCount: stored.count,
                    storedChecksum: checksum(stored), rawChecksum: checksum(raw)))
            body.append(contentsOf: stored)
        }
        let header = SegmentHeader(
            dimension: block.dimension, rowCount: rows.count, tenant: tenant, encoder: encoder, entries: entries)
        return header.bytes + body
    }

    /// The sealed block of a segment.
    public static func decode(
        _ bytes: [UInt8], tenant: Tenant, encoder: EncoderIdentity
    ) throws(SegmentError) -> FlatBlock {
        try bytes.span.bytes.withUnsafeBytes { bytes throws(SegmentError) in
            try decode(bytes, tenant: tenant, encoder: encoder)
        }
    }

    /// The sealed block of a segment, whose bytes are copied.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer, tenant: Tenant, encoder: EncoderIdentity
    ) throws(SegmentError) -> FlatBlock {
        let header = try SegmentHeader(bytes)
        guard header.belongs(to: tenant) else { throw .otherTenant }
        guard header.wasMade(by: encoder) else { throw .otherEncoder }
        let storage = BlockStorage(dimension: header.dimension, capacity: header.rowCount)
        var offset = SegmentHeader.byteCount
        for (part, entry) in zip(SegmentPart.allCases, header.entries) {
            let stored = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + entry.storedByteCount])
            try restore(part, entry: entry, stored: stored, rowCount: header.rowCount, into: storage)
            offset += entry.storedByteCount
        }
        try quantize(storage, rowCount: header.rowCount)
        return FlatBlock(sealing: storage, rowCount: header.rowCount)
    }

    // MARK: Parts, before compression

    private static func bytes(of part: SegmentPart, rows: [Int], block: FlatBlock) -> [UInt8] {
        let storage = block.storage
        let byteCount = part.rawByteCount(rowCount: rows.count, dimension: block.dimension)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        func append(_ values: UnsafeMutablePointer<some Any>, _ count: Int) {
            bytes.append(contentsOf: UnsafeRawBufferPointer(UnsafeBufferPointer(start: values, count: count)))
        }
        switch part {
        case .rows:
            for row in rows { append(storage.ids + row, 1) }
            for row in rows { append(storage.changeNumbers + row, 1) }
        case .originals:
            let rowBytes = block.dimension * MemoryLayout<Float>.size
            let words = [UInt32](unsafeUninitializedCapacity: rows.count * block.dimension) { words, count in
                let target = UnsafeMutableRawBufferPointer(words)
                for (index, row) in rows.enumerated() {
                    let original = UnsafeRawBufferPointer(start: storage.original(row: row), count: rowBytes)
                    UnsafeMutableRawBufferPointer(rebasing: target[(index * rowBytes)...]).copyMemory(from: original)
                }
                count = rows.count * block.dimension
            }
            bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { planes, count in
                if let planes = planes.baseAddress { scan_planes_split_u32(words, words.count, planes) }
                count = byteCount
            }
        }
        return bytes
    }

    private static func restore(
        _ part: SegmentPart, entry: SegmentHeader.Entry, stored: UnsafeRawBufferPointer, rowCount: Int,
        into storage: BlockStorage
    ) throws(SegmentError) {
        guard scan_kernels.best.checksum(stored) == entry.storedChecksum else { throw .damaged(part) }
        guard entry.compression == .lz4 else {
            // Without compression both checksums are of the same bytes.
            guard entry.rawChecksum == entry.storedChecksum else { throw .damaged(part) }
            return write(stored, of: part, rowCount: rowCount, into: storage)
        }
        guard let raw = decompressed(stored, byteCount: entry.rawByteCount), checksum(raw) == entry.rawChecksum else {
            throw .damaged(part)
        }
        raw.withUnsafeBytes { write($0, of: part, rowCount: rowCount, into: storage) }
    }

    /// `raw` has exactly the part's bytes.
    private static func write(
        _ raw: UnsafeRawBufferPointer, of part: SegmentPart, rowCount: Int, into storage: BlockStorage
    ) {
        guard let start = raw.baseAddress else { return }
        let half = raw.count / 2
        switch part {
        case .rows:
            UnsafeMutableRawPointer(storage.ids).copyMemory(from: start, byteCount: half)
            UnsafeMutableRawPointer(storage.changeNumbers).copyMemory(from: start + half, byteCount: half)
        case .originals:
            let count = rowCount * storage.dimension
            storage.originals.withMemoryRebound(to: UInt32.self, capacity: count) { words in
                raw.withMemoryRebound(to: UInt8.self) { planes in
                    if let planes = planes.baseAddress { scan_planes_join_u32(planes, count, words) }
                }
            }
        }
    }

    /// Derives codes, scales and error bounds, whose exactness rests on unit vectors.
    private static func quantize(_ storage: BlockStorage, rowCount: Int) throws(SegmentError) {
        for row in 0..<rowCount {
            guard UnitVector.isAcceptable(norm: storage.quantize(row: row)) else { throw .notUnitVectors }
        }
    }

    // MARK: LZ4 and checksums

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { scan_kernels.best.checksum($0) }
    }

    private static func compressed(_ raw: [UInt8]) -> ([UInt8], SegmentHeader.Compression) {
        // Room for one byte less than it has: LZ4 gives up when it would not get smaller.
        guard raw.count > 1, let byteCount = Int32(exactly: raw.count) else { return (raw, .none) }
        let stored = [UInt8](unsafeUninitializedCapacity: raw.count - 1) { target, count in
            let written = raw.withUnsafeBytes { source in
                LZ4_compress_default(source.baseAddress, target.baseAddress, byteCount, byteCount - 1)
            }
            count = max(0, Int(written))
        }
        return stored.isEmpty ? (raw, .none) : (stored, .lz4)
    }

    /// `nil` if the bytes are not an LZ4 block of exactly `byteCount` bytes.
    private static func decompressed(_ stored: UnsafeRawBufferPointer, byteCount: Int) -> [UInt8]? {
        guard let storedCount = Int32(exactly: stored.count), let rawCount = Int32(exactly: byteCount) else {
            return nil
        }
        var isWhole = false
        let raw = [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
            isWhole = LZ4_decompress_safe(stored.baseAddress, target.baseAddress, storedCount, rawCount) == rawCount
            count = isWhole ? byteCount : 0
        }
        return isWhole ? raw : nil
    }
}
