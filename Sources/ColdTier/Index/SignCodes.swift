import CScan

/// The sign codes of a sealed block's rows, for the first pass over an index too large for an exact scan: one bit a
/// dimension, a scale, and the row's cluster. 53 bytes a row at 384 dimensions. `CScan.h` draws the layout.
///
/// Derived from the originals when a block is sealed; dead rows are coded too, and skipped by who scans.
///
/// `@unchecked Sendable` guard: written by initializers only.
final class SignCodes: @unchecked Sendable {
    /// Vectors whose codes stand transposed together.
    static let groupSize = 16

    let byteCount: Int
    /// Of one row; 16 rows stand together.
    let codeSize: Int
    let codes: UnsafeMutablePointer<UInt8>
    let scales: UnsafeMutablePointer<Float>
    let clusters: UnsafeMutablePointer<UInt8>
    private let memory: UnsafeMutableRawPointer

    /// Memory for codes, to be written.
    init(rowCount: Int, dimension: Int) {
        let alignment = BlockStorage.alignment
        let rows = (rowCount + Self.groupSize - 1) / Self.groupSize * Self.groupSize
        codeSize = scan_signs_octets(dimension)
        let scaleBytes = rows * MemoryLayout<Float>.stride
        byteCount = rows * (codeSize + 1) + scaleBytes
        memory = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: alignment)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        codes = memory.assumingMemoryBound(to: UInt8.self)
        scales = (memory + rows * codeSize).bindMemory(to: Float.self, capacity: rows)
        clusters = (memory + rows * codeSize + scaleBytes).assumingMemoryBound(to: UInt8.self)
    }

    /// Codes of the given rows, in that order. Blocks its thread for about 4 µs a row.
    convenience init(of storage: BlockStorage, rows sources: [Int], clusters model: SignClusters) {
        self.init(rowCount: sources.count, dimension: storage.dimension)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: SignClusters.maximumCount) { dots in
            guard let dots = dots.baseAddress else { return }
            for (row, source) in sources.enumerated() {
                // A row whose original is damaged is lost anyway, and keeps a code of zeros.
                _ = storage.withOriginal(row: source) { original in
                    let cluster = model.nearest(to: original, dots: dots)
                    let inGroup = row % Self.groupSize
                    clusters[row] = UInt8(truncatingIfNeeded: cluster)
                    scales[row] = model.encode(
                        original, cluster: cluster, into: codes + (row - inGroup) * codeSize + inGroup)
                }
            }
        }
    }

    deinit {
        memory.deallocate()
    }
}
