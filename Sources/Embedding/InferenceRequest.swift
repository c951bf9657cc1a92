import COpenVINO

/// One inference at a time: token sequences of one padded length in, vectors of length 1 out.
///
/// Every sequence is padded, by a rule that looks at its own length alone, to one of a few dozen lengths. The runtime
/// keeps 2 to 3 MB of generated code for each shape it has seen, which without the rule came to 1 GB. Sequences that
/// share an inference are never padded further: sums over more terms round otherwise, which the quantisation of the
/// next layer makes visible (0.005 in a component). Of one padded length, each row's arithmetic is that of the
/// sequence alone, bit for bit.
///
/// Belongs to the thread that made it.
final class InferenceRequest {
    /// Tokens of all sequences of one inference.
    static let maximumTokens = WordPieceTokenizer.maximumTokens

    private static let fineStep = 4
    private static let coarseStep = 16
    /// Up to here lengths are padded to a multiple of the fine step: most questions, answered sooner.
    private static let fineLengths = 64

    private let model: CompiledModel
    private let handle: OpaquePointer
    private let ids = InferenceRequest.zeros()
    private let mask = InferenceRequest.zeros()
    /// All of a sentence is of type 0.
    private let types = InferenceRequest.zeros()

    init(_ model: CompiledModel) throws(EncoderError) {
        var handle: OpaquePointer?
        guard model.functions.pointee.create_infer_request(model.handle, &handle) == 0, let handle else {
            throw .inferenceFailed(reason: model.functions.lastError())
        }
        self.model = model
        self.handle = handle
    }

    private static func zeros() -> UnsafeMutablePointer<Int64> {
        let memory = UnsafeMutablePointer<Int64>.allocate(capacity: maximumTokens)
        memory.initialize(repeating: 0, count: maximumTokens)
        return memory
    }

    deinit {
        model.functions.pointee.infer_request_free(handle)
        for memory in [ids, mask, types] { memory.deallocate() }
    }

    /// The length that a sequence of `count` tokens is padded to: 16 lengths up to 64 and 12 above.
    static func paddedLength(_ count: Int) -> Int {
        let step = count <= fineLengths ? fineStep : coarseStep
        return (count + step - 1) / step * step
    }

    /// - Parameter sequences: at least one, all of one padded length, `maximumTokens` tokens in all at most.
    func encode(_ sequences: [[Int32]]) throws(EncoderError) -> [[Float]] {
        let length = Self.paddedLength(sequences[0].count)
        precondition(sequences.allSatisfy { Self.paddedLength($0.count) == length })
        precondition(sequences.count * length <= Self.maximumTokens)
        for (row, sequence) in sequences.enumerated() {
            for column in 0..<length {
                let isToken = column < sequence.count
                ids[row * length + column] = isToken ? Int64(sequence[column]) : 0
                mask[row * length + column] = isToken ? 1 : 0
            }
        }
        try set(.inputIDs, ids, rows: sequences.count, columns: length)
        try set(.attentionMask, mask, rows: sequences.count, columns: length)
        if model.takesTokenTypes { try set(.tokenTypeIDs, types, rows: sequences.count, columns: length) }
        try check(model.functions.pointee.infer(handle))
        return try readOutput(counts: sequences.map(\.count), columns: length)
    }

    private func set(
        _ name: TensorName, _ memory: UnsafeMutablePointer<Int64>, rows: Int, columns: Int
    ) throws(EncoderError) {
        var extents = [Int64(rows), Int64(columns)]
        var tensor: OpaquePointer?
        let status = extents.withUnsafeMutableBufferPointer { extents in
            let shape = ov_shape_t(rank: 2, dims: extents.baseAddress)
            return model.functions.pointee.tensor_over(Int32(OPENVINO_I64), shape, memory, &tensor)
        }
        try check(status)
        guard let tensor else { throw .inferenceFailed(reason: "the runtime made no tensor") }
        defer { model.functions.pointee.tensor_free(tensor) }
        try check(model.functions.pointee.set_tensor(handle, name.rawValue, tensor))
    }

    private func readOutput(counts: [Int], columns: Int) throws(EncoderError) -> [[Float]] {
        var tensor: OpaquePointer?
        try check(model.functions.pointee.output_tensor(handle, 0, &tensor))
        guard let tensor else { throw .inferenceFailed(reason: "the model gave no output") }
        defer { model.functions.pointee.tensor_free(tensor) }
        let extents = try extents(of: tensor)
        var type: Int32 = 0
        var data: UnsafeMutableRawPointer?
        try check(model.functions.pointee.tensor_element_type(tensor, &type))
        try check(model.functions.pointee.tensor_data(tensor, &data))
        // [texts, dimension] is pooled by the model, [texts, columns, dimension] is to be pooled here.
        let isPooled = extents.count == 2
        guard type == Int32(OPENVINO_F32), let data, let dimension = extents.last, dimension > 0,
            extents == (isPooled ? [counts.count, dimension] : [counts.count, columns, dimension])
        else {
            throw .inferenceFailed(reason: "the model's output has shape \(extents), not that of sentence vectors")
        }
        let values = UnsafePointer(data.assumingMemoryBound(to: Float.self))
        var vectors: [[Float]] = []
        for (row, count) in counts.enumerated() {
            let start = values + row * (isPooled ? 1 : columns) * dimension
            let tokens = UnsafeBufferPointer(start: start, count: (isPooled ? 1 : count) * dimension)
            vectors.append(try Self.sentenceVector(tokens, dimension: dimension))
        }
        return vectors
    }

    private func extents(of tensor: OpaquePointer) throws(EncoderError) -> [Int] {
        var shape = ov_shape_t(rank: 0, dims: nil)
        try check(model.functions.pointee.tensor_shape(tensor, &shape))
        defer { _ = model.functions.pointee.shape_free(&shape) }
        return UnsafeBufferPointer(start: shape.dims, count: Int(shape.rank)).map { Int($0) }
    }

    /// The mean of the tokens' vectors, made length 1. Sums run in the order of tokens and of dimensions, so that
    /// they are the same on every CPU.
    static func sentenceVector(
        _ tokens: UnsafeBufferPointer<Float>, dimension: Int
    ) throws(EncoderError) -> [Float] {
        var sum = [Float](repeating: 0, count: dimension)
        for start in stride(from: 0, to: tokens.count, by: dimension) {
            for i in 0..<dimension { sum[i] += tokens[start + i] }
        }
        var squares = 0.0
        for value in sum { squares += Double(value) * Double(value) }
        let norm = squares.squareRoot()
        guard norm.isFinite, norm > 0 else {
            throw .inferenceFailed(reason: "the model gave a vector without direction")
        }
        return sum.map { Float(Double($0) / norm) }
    }

    private func check(_ status: Int32) throws(EncoderError) {
        guard status == 0 else { throw .inferenceFailed(reason: model.functions.lastError()) }
    }
}
