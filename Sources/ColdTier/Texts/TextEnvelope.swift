import Knowledge

/// How one text lies in its column. All numbers are little-endian; a varint has seven bits a byte, the lowest first.
///
/// | first byte | then |
/// |---:|---|
/// | 0 | raw: the text's UTF-8 |
/// | 1 | LZ4: number of the dictionary (varint, 0 for none), length of the text in bytes (varint), low half of the text's XXH64 (4 bytes), an LZ4 block |
/// | 2 | sealed: an envelope of the kinds above, as `Sealer` seals it |
///
/// A text that LZ4 does not shrink is raw. Columns of SQLite's type TEXT are texts of before schema 5.
package enum TextEnvelope {
    enum Kind: UInt8 {
        case raw = 0
        case compressed = 1
        case sealed = 2
    }

    /// What a compressed text says of itself before its block.
    struct Header {
        var dictionary: Int64
        var byteCount: Int
        var checksum: UInt32
    }

    /// Sixteen times an item's longest text: more is damage.
    static let maximumByteCount = 1 << 20

    package static func raw(_ text: [UInt8]) -> [UInt8] { [Kind.raw.rawValue] + text }

    /// `nil` when that is not shorter than raw.
    package static func compressed(_ text: [UInt8], block: [UInt8], dictionary: Int64) -> [UInt8]? {
        var bytes = [Kind.compressed.rawValue]
        append(UInt64(bitPattern: dictionary), to: &bytes)
        append(UInt64(text.count), to: &bytes)
        withUnsafeBytes(of: checksum(of: text).littleEndian) { bytes.append(contentsOf: $0) }
        guard bytes.count + block.count < text.count + 1 else { return nil }
        return bytes + block
    }

    static func sealed(_ bytes: [UInt8]) -> [UInt8] { [Kind.sealed.rawValue] + bytes }

    static func checksum(of text: [UInt8]) -> UInt32 {
        UInt32(truncatingIfNeeded: text.withUnsafeBytes { XXH64.hash($0) })
    }

    /// The header of a compressed envelope, and where its block begins; `nil` when it is damaged.
    static func header(_ envelope: UnsafeRawBufferPointer) -> (header: Header, blockOffset: Int)? {
        var offset = 1
        guard let dictionary = varint(envelope, &offset), let byteCount = varint(envelope, &offset),
            byteCount <= maximumByteCount, envelope.count - offset >= 4
        else { return nil }
        let checksum = UInt32(littleEndian: envelope.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        let header = Header(
            dictionary: Int64(bitPattern: dictionary), byteCount: Int(byteCount), checksum: checksum)
        return (header, offset + 4)
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func varint(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard offset < bytes.count else { return nil }
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        return nil
    }
}
