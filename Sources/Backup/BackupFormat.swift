import Crypto
import Sealing

/// The bytes of a backup. Numbers are little-endian.
///
/// ```
/// head     "TCBACKUP" · u32 format · u32 bytes of the header · u64 XXH64 of the header · header (JSON, BackupHeader)
/// blocks   u32 bytes of content · u32 bytes stored · u32 flags · u64 XXH64 of what is stored · what is stored
///          flags: 1 compressed by LZ4 · 2 sealed. Content is that of the files one after the other; a file begins a block.
/// end      a block of no content and nothing stored · SHA-256 of all that stands before it
/// ```
///
/// Every byte is under the closing hash, and each block under a checksum of its own, so that what is damaged is found before
/// it is unpacked. A sealed block's context is the SHA-256 of the header and the block's number: blocks can neither change
/// places nor be left out, nor stand under another header.
enum BackupFormat {
    static let magic = Array("TCBACKUP".utf8)
    static let version = 1
    static let headByteCount = 24
    static let blockHeadByteCount = 20
    static let digestByteCount = 32
    /// Content of a block: large enough for LZ4 to find repetitions, small enough to be held several times over.
    static let blockByteCount = 1 << 20
    /// What a block may take when stored: sealing adds some bytes.
    static let maximumStoredByteCount = blockByteCount + 4_096
    /// A header has two files at most; more is damage.
    static let maximumHeaderByteCount = 64 << 10

    struct Flags: OptionSet {
        let rawValue: UInt32
        static let compressed = Flags(rawValue: 1)
        static let sealed = Flags(rawValue: 2)
        static let known: Flags = [.compressed, .sealed]
    }

    static func context(headerDigest: String, block: UInt64) -> SealContext {
        SealContext("backup", headerDigest, String(block))
    }

    /// Of a header's bytes, in hexadecimal.
    static func digest(_ header: [UInt8]) -> String {
        SHA256.hash(data: header).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    static func bytes(of value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    static func number<Number: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>) -> Number {
        bytes.reversed().reduce(0) { $0 << 8 | Number($1) }
    }
}
