import CScan

/// The memory of a block: one allocation that holds `capacity` rows column by column.
///
/// Rows are written once, in order, and never changed afterwards. The originals of a block loaded from its segment come
/// later, a chunk of rows at a time: whoever reads one asks `hasOriginal` before.
///
/// `@unchecked Sendable` guard: readers hold a `FlatBlock` that bounds them to the rows it was published with;
/// the one writer (inside `TenantIndex`'s writer lock) touches only rows behind every bound published so far,
/// and publishes them by a second lock, which orders its writes before the readers' reads. Originals that come later are
/// written by `OriginalsSource` under its lock, which readers of such rows take first.
final class BlockStorage: @unchecked Sendable {
    /// Columns begin and code rows repeat at multiples of this many bytes: a cache line, and a vector register.
    static let alignment = 64

    let dimension: Int
    let capacity: Int
    /// Bytes from one row of codes to the next.
    let codeStride: Int
    let byteCount: Int

    let codes: UnsafeMutablePointer<Int8>
    let originals: UnsafeMutablePointer<Float>
    let scales: UnsafeMutablePointer<Float>
    let residualNorms: UnsafeMutablePointer<Float>
    let ids: UnsafeMutablePointer<Int64>
    let changeNumbers: UnsafeMutablePointer<Int64>
    private let memory: UnsafeMutableRawPointer
    /// Of a block that was loaded without its originals; see `hasOriginal`.
    private let source: OriginalsSource?

    init(dimension: Int, capacity: Int, source: OriginalsSource? = nil) {
        self.source = source
        func rounded(_ size: Int) -> Int { (size + Self.alignment - 1) / Self.alignment * Self.alignment }
        self.dimension = dimension
        self.capacity = capacity
        codeStride = rounded(dimension)
        let codeBytes = codeStride * capacity
        let originalBytes = rounded(dimension * capacity * MemoryLayout<Float>.stride)
        let floatBytes = rounded(capacity * MemoryLayout<Float>.stride)
        let integerBytes = rounded(capacity * MemoryLayout<Int64>.stride)
        byteCount = codeBytes + originalBytes + 2 * floatBytes + 2 * integerBytes

        let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: Self.alignment)
        self.memory = memory
        var offset = 0
        func column<Element>(_ byteCount: Int, of type: Element.Type) -> UnsafeMutablePointer<Element> {
            defer { offset += byteCount }
            return (memory + offset).bindMemory(to: type, capacity: byteCount / MemoryLayout<Element>.stride)
        }
        codes = column(codeBytes, of: Int8.self)
        originals = column(originalBytes, of: Float.self)
        scales = column(floatBytes, of: Float.self)
        residualNorms = column(floatBytes, of: Float.self)
        ids = column(integerBytes, of: Int64.self)
        changeNumbers = column(integerBytes, of: Int64.self)
    }

    deinit {
        memory.deallocate()
    }

    func codes(row: Int) -> UnsafeMutablePointer<Int8> { codes + row * codeStride }
    func original(row: Int) -> UnsafeMutablePointer<Float> { originals + row * dimension }

    /// Brings a row's original into memory if it is not there yet; false when it is damaged or cannot be read.
    func hasOriginal(row: Int) -> Bool { source?.provide(row: row, to: self) ?? true }

    /// Whether no read of an original has to wait for the disk.
    var hasAllOriginals: Bool { source?.isSettled ?? true }

    /// Brings all originals into memory; returns the rows whose originals are damaged.
    func loadOriginals() -> [Int] { source?.provideAll(to: self) ?? [] }

    /// Derives codes, scale and error bound of a row from its original; returns the original's length.
    func quantize(row: Int) -> Float {
        let quantized = scan_quantize_f32(original(row: row), dimension, codes(row: row))
        scales[row] = quantized.scale
        residualNorms[row] = quantized.residual_norm
        return quantized.norm
    }

    /// Copies row `source` of another storage of the same dimension to row `row`.
    func copyRow(_ row: Int, from other: BlockStorage, row source: Int) {
        codes(row: row).update(from: other.codes(row: source), count: dimension)
        original(row: row).update(from: other.original(row: source), count: dimension)
        scales[row] = other.scales[source]
        residualNorms[row] = other.residualNorms[source]
        ids[row] = other.ids[source]
        changeNumbers[row] = other.changeNumbers[source]
    }
}
