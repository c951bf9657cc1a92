import CScan

/// The memory of a block: one allocation that holds `capacity` rows column by column.
///
/// Rows are written once, in order, and never changed afterwards. The originals of a block that has a segment are not
/// in it: they are paged from there (`OriginalsSource`).
///
/// `@unchecked Sendable` guard: readers hold a `FlatBlock` that bounds them to the rows it was published with;
/// the one writer (inside `TenantIndex`'s writer lock) touches only rows behind every bound published so far,
/// and publishes them by a second lock, which orders its writes before the readers' reads.
final class BlockStorage: @unchecked Sendable {
    /// Columns begin and code rows repeat at multiples of this many bytes: a cache line, and a vector register.
    static let alignment = 64

    let dimension: Int
    let capacity: Int
    /// Bytes from one row of codes to the next.
    let codeStride: Int
    let byteCount: Int
    /// Bytes of `byteCount` that are originals: none when they are paged.
    let originalByteCount: Int

    let codes: UnsafeMutablePointer<Int8>
    private let originals: UnsafeMutablePointer<Float>
    let scales: UnsafeMutablePointer<Float>
    let residualNorms: UnsafeMutablePointer<Float>
    let ids: UnsafeMutablePointer<Int64>
    let changeNumbers: UnsafeMutablePointer<Int64>
    private let memory: UnsafeMutableRawPointer
    /// Of a block that has a segment.
    let source: OriginalsSource?

    init(dimension: Int, capacity: Int, source: OriginalsSource? = nil) {
        self.source = source
        func rounded(_ size: Int) -> Int { (size + Self.alignment - 1) / Self.alignment * Self.alignment }
        self.dimension = dimension
        self.capacity = capacity
        codeStride = rounded(dimension)
        let codeBytes = codeStride * capacity
        originalByteCount = source == nil ? rounded(dimension * capacity * MemoryLayout<Float>.stride) : 0
        let floatBytes = rounded(capacity * MemoryLayout<Float>.stride)
        let integerBytes = rounded(capacity * MemoryLayout<Int64>.stride)
        byteCount = codeBytes + originalByteCount + 2 * floatBytes + 2 * integerBytes

        let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: Self.alignment)
        self.memory = memory
        var offset = 0
        func column<Element>(_ byteCount: Int, of type: Element.Type) -> UnsafeMutablePointer<Element> {
            defer { offset += byteCount }
            return (memory + offset).bindMemory(to: type, capacity: byteCount / MemoryLayout<Element>.stride)
        }
        codes = column(codeBytes, of: Int8.self)
        originals = column(originalByteCount, of: Float.self)
        scales = column(floatBytes, of: Float.self)
        residualNorms = column(floatBytes, of: Float.self)
        ids = column(integerBytes, of: Int64.self)
        changeNumbers = column(integerBytes, of: Int64.self)
    }

    deinit {
        memory.deallocate()
    }

    func codes(row: Int) -> UnsafeMutablePointer<Int8> { codes + row * codeStride }

    /// Where the columns of an estimate lie, for passes that jump from block to block: holding a storage for each row costs two
    /// atomic changes of its count, and those are slow where something refers to it weakly, as the index does.
    ///
    /// `@unchecked Sendable` guard: that of the storage, which whoever uses this has to keep.
    struct Columns: @unchecked Sendable {
        private let codes: UnsafePointer<Int8>
        private let codeStride: Int
        let scales: UnsafePointer<Float>
        let residualNorms: UnsafePointer<Float>

        init(_ storage: BlockStorage) {
            codes = UnsafePointer(storage.codes)
            codeStride = storage.codeStride
            scales = UnsafePointer(storage.scales)
            residualNorms = UnsafePointer(storage.residualNorms)
        }

        func codes(row: Int) -> UnsafePointer<Int8> { codes + row * codeStride }
    }

    /// Hands a row's original to `body`; `nil` when it is damaged or cannot be read. May wait for the disk.
    func withOriginal<Result>(row: Int, _ body: (UnsafePointer<Float>) -> Result) -> Result? {
        if let source { return source.withOriginal(row: row, body) }
        return body(UnsafePointer(originals) + row * dimension)
    }

    /// Asks for an original that will be read soon, where it is in memory.
    func prefetchOriginal(row: Int) {
        if source == nil { scan_prefetch(originals + row * dimension, dimension * MemoryLayout<Float>.stride) }
    }

    /// Whether all originals are in memory, or were read and checked once.
    var wasChecked: Bool { source?.wasChecked ?? true }

    /// Reads originals that were not; returns the rows whose originals are damaged.
    func checkOriginals() -> [Int] { source?.check() ?? [] }

    /// Writes a row's original. Only where they are in memory.
    func setOriginal(row: Int, from vector: UnsafePointer<Float>) {
        (originals + row * dimension).update(from: vector, count: dimension)
    }

    /// Derives codes, scale and error bound of a row from its original; returns the original's length, `nil` when it
    /// cannot be read.
    func quantize(row: Int) -> Float? {
        withOriginal(row: row) { original in
            let quantized = scan_quantize_f32(original, dimension, codes(row: row))
            scales[row] = quantized.scale
            residualNorms[row] = quantized.residual_norm
            return quantized.norm
        }
    }

    /// Copies row `source` of another storage of the same dimension to row `row`; false when its original cannot be read.
    func copyRow(_ row: Int, from other: BlockStorage, row source: Int) -> Bool {
        guard other.withOriginal(row: source, { setOriginal(row: row, from: $0) }) != nil else { return false }
        codes(row: row).update(from: other.codes(row: source), count: dimension)
        scales[row] = other.scales[source]
        residualNorms[row] = other.residualNorms[source]
        ids[row] = other.ids[source]
        changeNumbers[row] = other.changeNumbers[source]
        return true
    }
}
