import CScan

/// A question as it is asked of sign codes: tables of sums over some dimensions each, and its dot product with each
/// centroid.
///
/// `@unchecked Sendable` guard: written by `init` only.
final class SignQuery: @unchecked Sendable {
    /// Points into memory of this object.
    let prepared: scan_signs_query
    private let memory: UnsafeMutableRawPointer

    init(_ question: QuantizedQuery, clusters: SignClusters) {
        let dimension = question.vector.count
        memory = UnsafeMutableRawPointer.allocate(
            byteCount: scan_signs_query_bytes(dimension), alignment: BlockStorage.alignment)
        prepared = withUnsafeTemporaryAllocation(of: Float.self, capacity: SignClusters.maximumCount) {
            [memory] bases in
            clusters.estimateDots(question, into: bases)
            return scan_signs_prepare(question.vector, dimension, bases.baseAddress, clusters.count, memory)
        }
    }

    deinit {
        memory.deallocate()
    }
}
