/// Why the vector index refused a vector or an encoder.
public enum IndexError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The encoder's dimension is outside 1…`FlatBlock.maximumDimension`.
    case unsupportedDimension(Int)
    case wrongDimension(expected: Int, actual: Int)
    /// The vector is neither of unit length nor zero, or has an element that is not finite.
    case notUnitLength(norm: Double)

    public var description: String {
        switch self {
        case .unsupportedDimension(let dimension):
            "vectors of \(dimension) dimensions are not supported; 1 to \(FlatBlock.maximumDimension) are"
        case .wrongDimension(let expected, let actual):
            "the vector has \(actual) dimensions, the index \(expected); it was made by another encoder"
        case .notUnitLength(let norm):
            "the vector has length \(norm) instead of 1; the encoder must normalise its vectors"
        }
    }
}
