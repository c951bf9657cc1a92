import CScan
import Knowledge

/// What the index asks of every vector: unit length, or zero, so that a dot product is a cosine.
enum UnitVector {
    /// No vector in the index is longer.
    static let maximumLength: Float = 1 + EncoderIdentity.lengthTolerance

    static func check(_ vector: [Float], dimension: Int, kernels: scan_kernels) throws(IndexError) {
        guard vector.count == dimension else {
            throw .wrongDimension(expected: dimension, actual: vector.count)
        }
        let squared = vector.withUnsafeBufferPointer { vector in
            vector.baseAddress.map { kernels.dot($0, originals: $0, dimension: dimension, row: 0) } ?? 0
        }
        let norm = squared.squareRoot()
        guard isAcceptable(norm: norm) else { throw .notUnitLength(norm: Double(norm)) }
    }

    /// False for anything that is not finite.
    static func isAcceptable(norm: Float) -> Bool {
        norm == 0 || abs(norm - 1) <= EncoderIdentity.lengthTolerance
    }
}
