/// Why bytes are not a segment that may be used.
public enum SegmentError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Shorter or longer than its header says.
    case wrongLength(expected: Int, actual: Int)
    case notASegment
    /// Written by a newer or unknown version.
    case unknownVersion(UInt32)
    case damagedHeader
    case otherTenant
    case otherEncoder

    public var description: String {
        switch self {
        case .wrongLength(let expected, let actual): "the header has \(actual) bytes instead of \(expected)"
        case .notASegment: "the bytes do not begin like a segment"
        case .unknownVersion(let version): "segment format \(version) is unknown to this version"
        case .damagedHeader: "the segment's header is damaged"
        case .otherTenant: "the segment belongs to another tenant"
        case .otherEncoder: "the segment's vectors were made by another encoder"
        }
    }
}
