/// The parts of a segment, in the order in which they are stored.
public enum SegmentPart: Int, Sendable, Hashable, CaseIterable {
    /// Item ids, then change numbers: Int64 each.
    case rows
    /// Originals row by row: f32, transposed into 32 bit planes (see `scan_planes_split_u32`).
    case originals

    /// Bytes of the part before compression.
    func rawByteCount(rowCount: Int, dimension: Int) -> Int {
        switch self {
        case .rows: rowCount * 2 * MemoryLayout<Int64>.size
        case .originals: 32 * ((rowCount * dimension + 7) / 8)
        }
    }
}
