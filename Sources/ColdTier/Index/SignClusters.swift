import CScan

/// The centroids that sign codes are relative to: what the vectors of a cluster share, so that a code's one bit a
/// dimension is spent on what tells them apart. An immutable value.
///
/// Trained once an index by Lloyd's k-means on a sample of its rows, without chance: evenly spaced rows, evenly spaced
/// first centroids, sums in a fixed order. Rows written later are coded relative to the nearest of them as well.
struct SignClusters: Sendable {
    /// A row's cluster is one byte.
    static let maximumCount = 256
    /// Rows sampled for each cluster; more move the centroids little.
    private static let rowsPerCluster = 32
    /// Rounds of k-means; later ones hardly change the estimates.
    private static let roundCount = 4

    let dimension: Int
    let count: Int
    private let kernels: scan_kernels
    /// Row by row.
    private(set) var centroids: [Float]
    /// ‖centroid‖² / 2 of each.
    private var halfSquares: [Float] = []
    private let numbers: [UInt32]
    /// The centroids in int8, and their scales, for what need not be exact.
    private var codes: [Int8] = []
    private var scales: [Float] = []

    /// Centroids trained before, row by row.
    init(centroids: [Float], dimension: Int, kernels: scan_kernels) {
        self.dimension = dimension
        self.kernels = kernels
        self.centroids = centroids
        count = centroids.count / dimension
        numbers = (0..<UInt32(truncatingIfNeeded: count)).map { $0 }
        weigh()
    }

    /// `nil` without live rows in `blocks`. Blocks its thread for about 300 ms at 384 dimensions.
    init?(training blocks: [FlatBlock], kernels: scan_kernels) {
        let rowCount = blocks.reduce(0) { $0 + $1.liveCount }
        let wanted = min(rowCount, Self.maximumCount * Self.rowsPerCluster)
        let sample = Self.sample(wanted, of: blocks, rowCount: rowCount)
        guard let dimension = blocks.first?.dimension, !sample.isEmpty else { return nil }
        let count = max(1, sample.count / Self.rowsPerCluster)
        self.dimension = dimension
        self.count = count
        self.kernels = kernels
        numbers = (0..<UInt32(truncatingIfNeeded: count)).map { $0 }
        centroids = (0..<count).flatMap { sample[$0 * sample.count / count] }
        weigh()
        for _ in 0..<Self.roundCount {
            move(to: sample)
            weigh()
        }
    }

    /// The originals of evenly spaced live rows: 12 MiB at 384 dimensions. Damaged ones are left out.
    private static func sample(_ wanted: Int, of blocks: [FlatBlock], rowCount: Int) -> [[Float]] {
        var sample: [[Float]] = []
        var (passed, chosen) = (0, 0)
        for block in blocks {
            for row in block.liveRowNumbers {
                if passed * wanted / rowCount >= chosen {
                    chosen += 1
                    if let vector = block.vector(row: row) { sample.append(vector) }
                }
                passed += 1
            }
        }
        return sample
    }

    /// Each centroid becomes the mean of the vectors nearest to it; one without any stays.
    private mutating func move(to sample: [[Float]]) {
        var sums = [Float](repeating: 0, count: count * dimension)
        var sizes = [Float](repeating: 0, count: count)
        var dots = [Float](repeating: 0, count: count)
        for vector in sample {
            let cluster = nearest(to: vector, dots: &dots)
            sizes[cluster] += 1
            for index in 0..<dimension { sums[cluster * dimension + index] += vector[index] }
        }
        for cluster in 0..<count where sizes[cluster] > 0 {
            for index in cluster * dimension..<(cluster + 1) * dimension {
                centroids[index] = sums[index] / sizes[cluster]
            }
        }
    }

    private mutating func weigh() {
        codes = Array(repeating: 0, count: count * dimension)
        scales = numbers.map { number in
            centroids.withUnsafeBufferPointer { centroids in
                codes.withUnsafeMutableBufferPointer { codes in
                    guard let start = centroids.baseAddress, let codes = codes.baseAddress else { return 0 }
                    let offset = Int(number) * dimension
                    return scan_quantize_f32(start + offset, dimension, codes + offset).scale
                }
            }
        }
        halfSquares = numbers.map { number in
            centroids.withUnsafeBufferPointer { centroids in
                guard let start = centroids.baseAddress else { return 0 }
                let centroid = start + Int(number) * dimension
                return kernels.dot(centroid, originals: centroid, dimension: dimension, row: 0) / 2
            }
        }
    }

    /// The first of the centroids nearest to a vector. `dots` is memory for `count` numbers.
    func nearest(to vector: UnsafePointer<Float>, dots: UnsafeMutablePointer<Float>) -> Int {
        dot(vector, into: dots)
        var best = 0
        for cluster in 1..<max(count, 1) where dots[cluster] - halfSquares[cluster] > dots[best] - halfSquares[best] {
            best = cluster
        }
        return best
    }

    /// Dot products of a vector with each centroid.
    func dot(_ vector: UnsafePointer<Float>, into dots: UnsafeMutablePointer<Float>) {
        kernels.dot_f32_rows(vector, centroids, dimension, dimension, numbers, count, dots)
    }

    /// Dot products of a question with each centroid, to within what int8 codes lose: a twentieth of what an estimate is off
    /// by, for a quarter of the bytes.
    func estimateDots(_ question: QuantizedQuery, into dots: UnsafeMutableBufferPointer<Float>) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: max(count, 1)) { sums in
            guard let sums = sums.baseAddress else { return }
            kernels.dot_i8(question.codes, codes, dimension, dimension, count, sums)
            for cluster in 0..<count { dots[cluster] = question.scale * scales[cluster] * Float(sums[cluster]) }
        }
    }

    /// Writes a vector's signs and returns their scale; see `scan_signs_encode`.
    func encode(_ vector: UnsafePointer<Float>, cluster: Int, into codes: UnsafeMutablePointer<UInt8>) -> Float {
        centroids.withUnsafeBufferPointer { centroids in
            centroids.baseAddress.map { scan_signs_encode(vector, $0 + cluster * dimension, dimension, codes) } ?? 0
        }
    }
}
