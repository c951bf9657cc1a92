import CScan

/// Sign codes as a segment's part: the memory as it is, then a CRC-32C.
///
/// The checksum begins with the segment's number and the centroids' checksum, so that neither another segment's codes nor
/// those relative to other centroids are taken for these; a version of the layout is in it too. Damaged or of another
/// layout, they are derived from the originals again.
extension SignCodes {
    /// 2: groups of 64 vectors.
    private static let layoutVersion: UInt32 = 2

    func bytes(segment: Int64, clusters: UInt32) -> [UInt8] {
        let codes = UnsafeRawBufferPointer(start: self.codes, count: byteCount)
        var bytes = Array(codes)
        let sum = scan_kernels.best.checksum(codes, after: Self.seed(segment, clusters))
        withUnsafeBytes(of: sum.littleEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// `nil` when the bytes are not those that were stored.
    convenience init?(
        _ bytes: UnsafeRawBufferPointer, segment: Int64, clusters: UInt32, clusterCount: Int, rowCount: Int,
        dimension: Int
    ) {
        self.init(rowCount: rowCount, dimension: dimension)
        guard bytes.count == byteCount + 4, let start = bytes.baseAddress else { return nil }
        let stored = UnsafeRawBufferPointer(rebasing: bytes[..<byteCount])
        let sum = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: byteCount, as: UInt32.self))
        guard sum == scan_kernels.best.checksum(stored, after: Self.seed(segment, clusters)) else { return nil }
        UnsafeMutableRawPointer(codes).copyMemory(from: start, byteCount: byteCount)
        // Who scans looks a row's centroid up without asking.
        guard (0..<self.clusterBytes).allSatisfy({ Int(self.clusters[$0]) < clusterCount }) else { return nil }
    }

    private static func seed(_ segment: Int64, _ clusters: UInt32) -> UInt32 {
        withUnsafeBytes(of: segment.littleEndian) {
            scan_kernels.best.checksum($0, after: clusters &+ layoutVersion)
        }
    }
}
