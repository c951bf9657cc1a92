import CScan

/// A question as it is asked of sign codes: tables of sums for every four dimensions, and its dot product with each
/// centroid.
///
/// `@unchecked Sendable` guard: written by `init` only.
final class SignQuery: @unchecked Sendable {
    /// Points into memory of this object.
    let prepared: scan_signs_query
    private let memory: UnsafeMutableRawPointer

    init(_ vector: [Float], clusters: SignClusters) {
        let baseBytes = SignClusters.maximumCount * MemoryLayout<Float>.stride
        let tableBytes = 2 * SignCodes.groupSize * scan_signs_octets(vector.count)
        memory = UnsafeMutableRawPointer.allocate(
            byteCount: baseBytes + tableBytes, alignment: BlockStorage.alignment)
        let bases = memory.bindMemory(to: Float.self, capacity: SignClusters.maximumCount)
        bases.initialize(repeating: 0, count: SignClusters.maximumCount)
        clusters.dot(vector, into: bases)
        let tables = (memory + baseBytes).bindMemory(to: UInt8.self, capacity: tableBytes)
        prepared = scan_signs_prepare(vector, vector.count, bases, tables)
    }

    deinit {
        memory.deallocate()
    }
}
