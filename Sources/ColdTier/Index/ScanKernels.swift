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

    /// CRC-32C of the bytes, continuing another one.
    func checksum(_ bytes: UnsafeRawBufferPointer, after checksum: UInt32 = 0) -> UInt32 {
        bytes.withMemoryRebound(to: UInt8.self) { bytes in
            bytes.baseAddress.map { crc32c(checksum, $0, bytes.count) } ?? checksum
        }
    }
}

extension scan_kernels {
    /// The instruction set's name, for people.
    var name: String {
        switch isa {
        case scan_isa_avx2: "AVX2"
        case scan_isa_avx512_vnni: "AVX-512 VNNI"
        case scan_isa_neon: "NEON"
        case scan_isa_neon_dotprod: "NEON dotprod"
        default: "scalar"
        }
    }
}
