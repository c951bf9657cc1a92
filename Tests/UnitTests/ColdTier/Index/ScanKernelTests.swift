import CScan
import TestSupport
import Testing

@Suite struct ScanKernelTests {
    /// The variants this machine can run, the scalar reference left out.
    static let variants: [scan_isa] = [scan_isa_avx2, scan_isa_avx512_vnni, scan_isa_neon, scan_isa_neon_dotprod]
        .filter { isa in
            var kernels = scan_kernels_best()
            return scan_kernels_for(isa, &kernels) == 1
        }

    static func kernels(_ isa: scan_isa) throws -> scan_kernels {
        var kernels = scan_kernels_best()
        try #require(scan_kernels_for(isa, &kernels) == 1)
        return kernels
    }

    @Test("The best kernels are among those that the CPU has")
    func bestIsAvailable() throws {
        #expect(try Self.kernels(scan_kernels_best().isa).isa == scan_kernels_best().isa)
        _ = try Self.kernels(scan_isa_scalar)
    }

    @Test("int8 dot products of every variant equal the reference in all dimensions", arguments: variants)
    func dotI8(_ isa: scan_isa) throws {
        let (reference, variant) = (try Self.kernels(scan_isa_scalar), try Self.kernels(isa))
        var random = SeededGenerator(seed: 0x5CA1)
        let rowCount = 5
        for dimension in 1...1024 {
            // Rows begin anywhere; every eighth round has the extreme −128 throughout.
            let stride = dimension + Int.random(in: 0...70, using: &random)
            let shift = Int.random(in: 0...9, using: &random)
            let extreme = dimension % 8 == 0
            func bytes(_ count: Int) -> [Int8] {
                (0..<count).map { _ in extreme ? .min : Int8.random(in: .min ... .max, using: &random) }
            }
            let query = bytes(dimension + shift)
            let rows = bytes(rowCount * stride + shift)
            var expected = [Int32](repeating: 0, count: rowCount)
            var actual = expected
            query.withUnsafeBufferPointer { query in
                rows.withUnsafeBufferPointer { rows in
                    guard let query = query.baseAddress, let rows = rows.baseAddress else { return }
                    reference.dot_i8(query + shift, rows + shift, dimension, stride, rowCount, &expected)
                    variant.dot_i8(query + shift, rows + shift, dimension, stride, rowCount, &actual)
                    for kernels in [reference, variant] {
                        // More rows than are asked for ahead, in any order.
                        let scattered: [UnsafePointer<Int8>?] = (0..<12).map {
                            rows + shift + $0 * 7 % rowCount * stride
                        }
                        var dots = [Int32](repeating: 0, count: scattered.count)
                        kernels.dot_i8_rows(query + shift, scattered, dimension, scattered.count, &dots)
                        #expect(dots == (0..<12).map { expected[$0 * 7 % rowCount] }, "dimension \(dimension)")
                    }
                }
            }
            #expect(actual == expected, "dimension \(dimension)")
        }
    }

    @Test("f32 dot products of every variant equal the reference bit for bit in all dimensions", arguments: variants)
    func dotF32(_ isa: scan_isa) throws {
        let (reference, variant) = (try Self.kernels(scan_isa_scalar), try Self.kernels(isa))
        var random = SeededGenerator(seed: 0xF32)
        for dimension in 1...1024 {
            let stride = dimension + Int.random(in: 0...5, using: &random)
            let shift = Int.random(in: 0...5, using: &random)
            let query = (0..<dimension + shift).map { _ in Float.random(in: -1...1, using: &random) }
            let rows = (0..<9 * stride + shift).map { _ in Float.random(in: -1...1, using: &random) }
            // One to nine rows, some of them twice, so that groups of four and their rest are met.
            let numbers = (0...(dimension % 9)).map { _ in UInt32.random(in: 0..<9, using: &random) }
            var expected = [Float](repeating: 0, count: numbers.count)
            var actual = expected
            query.withUnsafeBufferPointer { query in
                rows.withUnsafeBufferPointer { rows in
                    guard let query = query.baseAddress, let rows = rows.baseAddress else { return }
                    reference.dot_f32_rows(
                        query + shift, rows + shift, dimension, stride, numbers, numbers.count, &expected)
                    variant.dot_f32_rows(
                        query + shift, rows + shift, dimension, stride, numbers, numbers.count, &actual)
                }
            }
            #expect(actual.map(\.bitPattern) == expected.map(\.bitPattern), "dimension \(dimension)")
        }
    }

    @Test("The reference sums element j in lane j mod 16 and folds the lanes by halves")
    func orderOfSummation() throws {
        let reference = try Self.kernels(scan_isa_scalar)
        var random = SeededGenerator(seed: 16)
        for dimension in [1, 15, 16, 17, 384, 385, 768] {
            let query = (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
            let row = (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
            var result: Float = 0
            var number: UInt32 = 0
            reference.dot_f32_rows(query, row, dimension, dimension, &number, 1, &result)
            #expect(result == SampleVectors.fixedOrderDot(query, row))
        }
    }

    @Test("CRC-32C of every variant gives the published check value and equals the reference")
    func crc32c() throws {
        let reference = try Self.kernels(scan_isa_scalar)
        let digits = Array("123456789".utf8)
        #expect(reference.crc32c(0, digits, digits.count) == 0xE306_9283)
        var random = SeededGenerator(seed: 32)
        for isa in Self.variants {
            let variant = try Self.kernels(isa)
            for count in 0...200 {
                let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                #expect(variant.crc32c(1, bytes, count) == reference.crc32c(1, bytes, count))
            }
        }
    }

    @Test("The residual norm of a quantised vector bounds its true error, and codes stay within ±127")
    func quantization() {
        var random = SeededGenerator(seed: 127)
        for dimension in [1, 2, 3, 16, 31, 384, 768, 1024] {
            for _ in 0..<50 {
                let vector = SampleVectors.unit(dimension, using: &random)
                var codes = [Int8](repeating: 0, count: dimension)
                let quantized = scan_quantize_f32(vector, dimension, &codes)
                let error = zip(vector, codes).reduce(0.0) { sum, pair in
                    let difference = Double(pair.0) - Double(quantized.scale) * Double(pair.1)
                    return sum + difference * difference
                }
                #expect(error.squareRoot() <= Double(quantized.residual_norm))
                #expect(Double(quantized.residual_norm) <= error.squareRoot() * 1.001 + 1e-5)
                #expect(codes.allSatisfy { (-127...127).contains($0) } && codes.contains { abs($0) == 127 })
                #expect(abs(quantized.norm - 1) < 1e-5)
            }
        }
        var codes: [Int8] = [9, 9, 9]
        let zero = scan_quantize_f32([0, 0, 0], 3, &codes)
        #expect(zero.scale == 0 && zero.norm == 0 && zero.residual_norm == 0 && codes == [0, 0, 0])
        #expect(!scan_quantize_f32([0, .nan, 0], 3, &codes).norm.isFinite)
        #expect(!scan_quantize_f32([0, .infinity, 0], 3, &codes).norm.isFinite)
    }

    @Test("Bit planes join to the words that were split, whatever their number")
    func bitPlanes() {
        var random = SeededGenerator(seed: 8)
        for count in 0...200 {
            let words = (0..<count).map { _ in UInt32.random(in: .min ... .max, using: &random) }
            var planes = [UInt8](repeating: 0xAA, count: 32 * ((count + 7) / 8))
            scan_planes_split_u32(words, count, &planes)
            if count > 0 { #expect(planes[0] & 1 == UInt8(words[0] & 1)) }
            var joined = [UInt32](repeating: 0, count: count)
            scan_planes_join_u32(planes, count, &joined)
            #expect(joined == words)
        }
    }
}
