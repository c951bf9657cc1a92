package import CScan

extension scan_kernels {
    /// The fastest kernels of this CPU, chosen once.
    package static let best = scan_kernels_best()

    /// Dot product of a query with one row of originals, in the fixed order of summation.
    func dot(
        _ query: UnsafePointer<Float>, originals: UnsafePointer<Float>, dimension: Int, row: Int
    ) -> Float {
        var number = UInt32(truncatingIfNeeded: row)
        var result: Float = 0
        dot_f32_rows(query, originals, dimension, dimension, &number, 1, &result)
        return result
    }

    /// CRC-32C of the bytes.
    func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        bytes.withMemoryRebound(to: UInt8.self) { bytes in
            bytes.baseAddress.map { crc32c(0, $0, bytes.count) } ?? 0
        }
    }
}
