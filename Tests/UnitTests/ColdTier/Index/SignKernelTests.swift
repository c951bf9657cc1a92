import CScan
import TestSupport
import Testing

@Suite struct SignKernelTests {
    /// Vectors in sign codes, and a question prepared for them.
    private struct Sample {
        let dimension: Int
        let vectors: [[Float]]
        let centroids: [[Float]]
        let question: [Float]
        var codes: [UInt8]
        var scales: [Float]
        var clusters: [UInt8]
        var bases = [Float](repeating: 0, count: 256)
        init(dimension: Int, count: Int, using random: inout SeededGenerator) {
            self.dimension = dimension
            vectors = (0..<count).map { _ in SampleVectors.unit(dimension, using: &random) }
            centroids = (0..<3).map { _ in SampleVectors.unit(dimension, using: &random).map { $0 / 3 } }
            question = SampleVectors.unit(dimension, using: &random)
            let octets = scan_signs_octets(dimension)
            let rows = (count + 63) / 64 * 64
            // What stands in padding must not matter.
            codes = [UInt8](repeating: 0, count: rows * octets)
            scales = [Float](repeating: 9, count: rows)
            clusters = [UInt8](repeating: 2, count: rows)
            for (row, vector) in vectors.enumerated() {
                let cluster = Int.random(in: 0..<3, using: &random)
                let (group, place) = (row / 64 * 64, scan_signs_place(row % 64))
                clusters[group + place] = UInt8(cluster)
                codes.withUnsafeMutableBufferPointer { codes in
                    guard let start = codes.baseAddress else { return }
                    scales[row] = scan_signs_encode(
                        vector, centroids[cluster], dimension, start + group * octets + place)
                }
            }
            bases = (0..<256).map { _ in Float.random(in: -0.5...0.5, using: &random) }
            for (cluster, centroid) in centroids.enumerated() {
                bases[cluster] = SampleVectors.fixedOrderDot(question, centroid)
            }
        }

        mutating func scan(_ kernels: scan_kernels, above threshold: Float) -> (rows: [UInt32], estimates: [Float]) {
            var rows = [UInt32](repeating: 0, count: vectors.count)
            var estimates = [Float](repeating: 0, count: vectors.count)
            let memory = UnsafeMutableRawPointer.allocate(
                byteCount: scan_signs_query_bytes(dimension), alignment: 64)
            defer { memory.deallocate() }
            var query = scan_signs_prepare(question, dimension, bases, bases.count, memory)
            let found = kernels.signs(
                &query, codes, scales, clusters, vectors.count, threshold, &rows, &estimates)
            return (Array(rows.prefix(found)), Array(estimates.prefix(found)))
        }
    }

    @Test("Every variant estimates as the reference does, bit for bit", arguments: ScanKernelTests.variants)
    func variantsEqualReference(_ isa: scan_isa) throws {
        let (reference, variant) = (try ScanKernelTests.kernels(scan_isa_scalar), try ScanKernelTests.kernels(isa))
        var random = SeededGenerator(seed: 0x51)
        for dimension in Array(1...70) + [100, 127, 128, 384, 385, 768, 1024, 4096] {
            let count = Int.random(in: 1...70, using: &random)
            var sample = Sample(dimension: dimension, count: count, using: &random)
            let all = sample.scan(reference, above: -.infinity)
            #expect(all.rows == (0..<UInt32(count)).map { $0 })
            let median = all.estimates.sorted()[count / 2]
            for threshold in [-.infinity, median, .infinity] {
                let expected = sample.scan(reference, above: threshold)
                let actual = sample.scan(variant, above: threshold)
                #expect(actual.rows == expected.rows, "dimension \(dimension)")
                #expect(
                    actual.estimates.map(\.bitPattern) == expected.estimates.map(\.bitPattern),
                    "dimension \(dimension)")
                #expect(expected.rows.count == all.estimates.filter { $0 >= threshold }.count)
            }
        }
    }

    @Test("An estimate is q·c and the signs' dot product by their scale, but for the rounding of the tables")
    func estimate() throws {
        let reference = try ScanKernelTests.kernels(scan_isa_scalar)
        var random = SeededGenerator(seed: 0x52)
        for dimension in [1, 3, 4, 5, 64, 100, 384] {
            var sample = Sample(dimension: dimension, count: 20, using: &random)
            let estimates = sample.scan(reference, above: -.infinity).estimates
            for (row, vector) in sample.vectors.enumerated() {
                let centroid = sample.centroids[Int(sample.clusters[scan_signs_place(row)])]
                let residual = zip(vector, centroid).map { $0 - $1 }
                let scale = residual.reduce(0) { $0 + $1 * $1 } / residual.reduce(0) { $0 + abs($1) }
                let signs = zip(sample.question, residual).reduce(Float(0)) { $0 + ($1.1 > 0 ? $1.0 : -$1.0) }
                let expected = SampleVectors.fixedOrderDot(sample.question, centroid) + scale * signs
                // Each dimension is off by a quarter of a step at most, a step being 1/60 of the widest table's range.
                let step = 12 * (sample.question.map { abs($0) }.max() ?? 0) / 60
                #expect(abs(estimates[row] - expected) <= scale * Float(dimension) * step / 4 + 3e-5)
            }
        }
    }

    @Test("A zero question estimates every vector as its centroid, and a zero residual has scale 0")
    func zeros() {
        var memory = [UInt64](repeating: .max, count: (scan_signs_query_bytes(20) + 7) / 8)
        memory.withUnsafeMutableBytes { memory in
            let query = scan_signs_prepare([Float](repeating: 0, count: 20), 20, [], 0, memory.baseAddress)
            #expect(query.step == 0 && query.offset == 0)
            #expect(memory.prefix(scan_signs_query_bytes(20)).allSatisfy { $0 == 0 })
        }
        var codes = [UInt8](repeating: 0, count: 64 * 3)
        let vector = [Float](repeating: 0.2, count: 20)
        #expect(scan_signs_encode(vector, vector, 20, &codes) == 0)
    }
}
