import CScan
import Knowledge

/// Successive changes, kept flat so that one kernel call tests the vectors of many: a value.
///
/// Row r is change `firstSequence + r`. Variable parts lie end to end; `…Ends[r]` is where row r's part ends and the next
/// one's begins.
struct ChangeBlock {
    /// Rows of a block: 100 KB of codes at 384 dimensions, which is what a write copies while a check reads it.
    static let maximumRowCount = 256

    /// What a row stands for.
    struct Kind: OptionSet {
        let rawValue: UInt8
        static let isPresent = Kind(rawValue: 1)
        static let hasVector = Kind(rawValue: 2)
        /// Its terms were too many to keep.
        static let matchesAnyWord = Kind(rawValue: 4)
    }

    let firstSequence: Int64
    /// Of the vectors; 0 while there is no encoder.
    let dimension: Int
    private(set) var items: [Int64] = []
    private(set) var tenants: [Int32] = []
    private(set) var kinds: [Kind] = []
    private(set) var categories: [UInt64] = []
    private(set) var qualities: [Double] = []
    private(set) var lexicalLengths: [Int32] = []
    /// Zeros where there is no vector.
    private(set) var codes: [Int8] = []
    private(set) var scales: [Float] = []
    private(set) var residualNorms: [Float] = []
    private var tags: [UInt64] = []
    private var tagEnds: [Int] = []
    private var terms: [UInt64] = []
    private var termEnds: [Int] = []

    init(firstSequence: Int64, dimension: Int) {
        self.firstSequence = firstSequence
        self.dimension = dimension
    }

    var count: Int { items.count }
    var lastSequence: Int64 { firstSequence + Int64(count) - 1 }
    var isFull: Bool { count >= Self.maximumRowCount }
    /// Approximate heap bytes.
    var byteCount: Int { count * (dimension + 68) + 8 * (tags.count + terms.count) }

    func tags(of row: Int) -> ArraySlice<UInt64> { tags[(row == 0 ? 0 : tagEnds[row - 1])..<tagEnds[row]] }

    /// Calls `receive` with each wanted term that a row has, and how often it has it.
    ///
    /// - Parameter wanted: ascending by hash, as the row's own are.
    func forEachShared(_ wanted: [Footprint.Term], row: Int, _ receive: (Footprint.Term, Int) -> Void) {
        terms.withUnsafeBufferPointer { terms in
            var low = row == 0 ? 0 : termEnds[row - 1]
            let end = termEnds[row]
            for term in wanted {
                var high = end
                while low < high {
                    let middle = (low + high) / 2
                    if terms[middle] < term.hash { low = middle + 1 } else { high = middle }
                }
                guard low < end else { return }
                guard terms[low] & ~Footprint.freeHashBits == term.hash else { continue }
                receive(term, Int(terms[low] & Footprint.freeHashBits) + 1)
            }
        }
    }

    mutating func append(_ state: ItemState, tenant: Int32) {
        let content = state.content
        var kind: Kind = content == nil ? [] : .isPresent
        var quantized = scan_quantized(scale: 0, residual_norm: 0, norm: 0)
        let start = codes.count
        codes.append(contentsOf: repeatElement(0, count: dimension))
        if let vector = content?.vector, vector.count == dimension, dimension > 0 {
            kind.insert(.hasVector)
            codes.withUnsafeMutableBufferPointer { codes in
                guard let row = codes.baseAddress?.advanced(by: start) else { return }
                quantized = scan_quantize_f32(vector, dimension, row)
            }
        }
        if content != nil, content?.terms == nil { kind.insert(.matchesAnyWord) }
        items.append(state.id)
        tenants.append(tenant)
        kinds.append(kind)
        categories.append(content?.category ?? 0)
        qualities.append(content?.quality ?? 0)
        lexicalLengths.append(Int32(clamping: content?.lexicalLength ?? 0))
        scales.append(quantized.scale)
        residualNorms.append(quantized.residual_norm)
        tags += content?.tags ?? []
        tagEnds.append(tags.count)
        terms += content?.terms ?? []
        termEnds.append(terms.count)
    }
}
