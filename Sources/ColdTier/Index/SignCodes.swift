import CScan

/// The sign codes of a sealed block's rows, for the first pass over an index too large for an exact scan: one bit a
/// dimension, a scale, and the row's cluster. 53 bytes a row at 384 dimensions. `CScan.h` draws the layout.
///
/// Derived from the originals when a block is sealed; dead rows are coded too, and skipped by who scans.
///
/// `@unchecked Sendable` guard: written by initializers only.
final class SignCodes: @unchecked Sendable {
    /// Vectors whose codes stand transposed together.
    static let groupSize = Int(SCAN_SIGNS_GROUP)

    let byteCount: Int
    /// Of all rows, and of those that fill the last group up.
    let clusterBytes: Int
    /// Of one row.
    let codeSize: Int
    let codes: UnsafeMutablePointer<UInt8>
    let scales: UnsafeMutablePointer<Float>
    /// In each group by `place`.
    let clusters: UnsafeMutablePointer<UInt8>
    private let memory: SignMemory.Slot

    /// Memory for codes, to be written.
    init(rowCount: Int, dimension: Int) {
        let rows = (rowCount + Self.groupSize - 1) / Self.groupSize * Self.groupSize
        clusterBytes = rows
        codeSize = scan_signs_octets(dimension)
        let scaleBytes = rows * MemoryLayout<Float>.stride
        byteCount = rows * (codeSize + 1) + scaleBytes
        memory = SignMemory.shared.slot(byteCount: byteCount)
        codes = memory.address.assumingMemoryBound(to: UInt8.self)
        scales = (memory.address + rows * codeSize).bindMemory(to: Float.self, capacity: rows)
        clusters = (memory.address + rows * codeSize + scaleBytes).assumingMemoryBound(to: UInt8.self)
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
                    let (group, place) = (row / Self.groupSize * Self.groupSize, Self.place(of: row))
                    clusters[group + place] = UInt8(truncatingIfNeeded: cluster)
                    scales[row] = model.encode(original, cluster: cluster, into: codes + group * codeSize + place)
                }
            }
        }
    }

    /// Where a row's bytes stand in its group.
    private static func place(of row: Int) -> Int { scan_signs_place(row % groupSize) }
}
