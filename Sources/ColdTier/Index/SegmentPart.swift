/// One of the blobs that a segment is stored in beside its header.
public enum SegmentPart: Sendable, Hashable {
    /// int8 codes row by row, then the rows' scales, then their error bounds (f32), then a CRC-32C of all these that
    /// begins with the header's. Derived from the originals.
    case codes
    /// Sign codes, with a CRC-32C; see `SignCodes`. Derived from the originals, and only there in large indices.
    case signs
    /// Some rows' originals; the header tells how many, and has their checksums.
    case originals(chunk: Int)

    /// Numbers below are for derived parts.
    private static let firstChunk = 0x1000
    /// Numbers that a segment has; its parts' keys are `segment · keySpan + number`.
    static let keySpan: Int64 = 0x10000

    var number: Int {
        switch self {
        case .codes: 0
        case .signs: 1
        case .originals(let chunk): Self.firstChunk + chunk
        }
    }

    /// The key of this part in the table of all segments' parts: a segment's lie together, codes first.
    func key(segment: Int64) -> Int64 { segment * Self.keySpan + Int64(number) }
    /// The key of a tenant's centroids in the same table, beside all segments' (`SignClusters`).
    static func clustersKey(tenant ordinal: Int64) -> Int64 { -ordinal }
    static func keys(segment: Int64) -> Range<Int64> { segment * keySpan..<(segment + 1) * keySpan }
}
