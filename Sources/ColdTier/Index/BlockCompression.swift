import CLZ4

/// LZ4 blocks whose length before compression is kept elsewhere.
package enum BlockCompression {
    /// `nil` if it does not get smaller.
    package static func compressed(_ raw: [UInt8]) -> [UInt8]? {
        // Room for one byte less than it has: LZ4 gives up when it would not get smaller.
        guard raw.count > 1, let byteCount = Int32(exactly: raw.count) else { return nil }
        let stored = [UInt8](unsafeUninitializedCapacity: raw.count - 1) { target, count in
            let written = raw.withUnsafeBytes { source in
                LZ4_compress_default(source.baseAddress, target.baseAddress, byteCount, byteCount - 1)
            }
            count = max(0, Int(written))
        }
        return stored.isEmpty ? nil : stored
    }

    /// `nil` if the bytes are not an LZ4 block of exactly `byteCount` bytes.
    package static func decompressed(_ stored: UnsafeRawBufferPointer, byteCount: Int) -> [UInt8]? {
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
