import CScan
import Knowledge

/// Centroids as they are stored, once a tenant, so that a restart has the sign codes of before. All is little-endian.
///
/// ```
///      0     8  magic "TCCENTRO"
///      8     8  FNV-1a 64 of the encoder's fingerprint
///     16     4  dimension d
///     20     4  clusters n, 1…256
///     24   4dn  centroids, f32
///      …     4  CRC-32C of all before
/// ```
extension SignClusters {
    /// "TCCENTRO" read as a little-endian number.
    private static let magic: UInt64 = 0x4F52_544E_4543_4354
    private static let fixedByteCount = 24

    func bytes(encoder: EncoderIdentity) -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(Self.magic)
        append(SegmentHeader.check(encoder.fingerprint))
        append(UInt32(truncatingIfNeeded: dimension))
        append(UInt32(truncatingIfNeeded: count))
        centroids.withUnsafeBytes { bytes.append(contentsOf: $0) }
        append(bytes.withUnsafeBytes { scan_kernels.best.checksum($0) })
        return bytes
    }

    /// `nil` when they are damaged, or of another encoder.
    init?(_ bytes: UnsafeRawBufferPointer, encoder: EncoderIdentity, kernels: scan_kernels) {
        func read<Value: FixedWidthInteger>(_ offset: Int, as type: Value.Type) -> Value {
            Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
        }
        guard bytes.count >= Self.fixedByteCount + 4, read(0, as: UInt64.self) == Self.magic else { return nil }
        let end = bytes.count - 4
        let sum = scan_kernels.best.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
        let (dimension, count) = (Int(read(16, as: UInt32.self)), Int(read(20, as: UInt32.self)))
        guard sum == read(end, as: UInt32.self), read(8, as: UInt64.self) == SegmentHeader.check(encoder.fingerprint),
            dimension == encoder.dimension, (1...Self.maximumCount).contains(count),
            end == Self.fixedByteCount + 4 * dimension * count
        else { return nil }
        self.init(
            centroids: (0..<dimension * count).map {
                Float(bitPattern: read(Self.fixedByteCount + 4 * $0, as: UInt32.self))
            }, dimension: dimension, kernels: kernels)
    }

    /// Names these centroids: sign codes relative to others are useless.
    func checksum(after seed: UInt32 = 0) -> UInt32 {
        centroids.withUnsafeBytes { scan_kernels.best.checksum($0, after: seed) }
    }
}
