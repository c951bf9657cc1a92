import COpenVINO

/// One inference at a time: token sequences of one length in, vectors of length 1 out.
///
/// Sequences of different lengths are never padded to share an inference: a padded one has sums over more terms,
/// whose rounding the quantisation of the next layer makes visible (0.005 in a component). Of one length, each
/// row's arithmetic is that of the sequence alone, bit for bit.
///
/// Belongs to the thread that made it.
final class InferenceRequest {
    /// Tokens of all sequences of one inference.
    static let maximumTokens = 2 * WordPieceTokenizer.maximumTokens

    private let model: CompiledModel
    private let handle: OpaquePointer
    private let inputs: [(name: TensorName, memory: UnsafeMutablePointer<Int64>)]

    init(_ model: CompiledModel) throws(EncoderError) {
        var handle: OpaquePointer?
        guard model.functions.pointee.create_infer_request(model.handle, &handle) == 0, let handle else {
            throw .inferenceFailed(reason: model.functions.lastError())
        }
        self.model = model
        self.handle = handle
        let names: [TensorName] =
            model.takesTokenTypes ? [.inputIDs, .attentionMask, .tokenTypeIDs] : [.inputIDs, .attentionMask]
        inputs = names.map { name in
            let memory = UnsafeMutablePointer<Int64>.allocate(capacity: Self.maximumTokens)
            memory.initialize(repeating: name == .attentionMask ? 1 : 0, count: Self.maximumTokens)
            return (name, memory)
        }
    }

    deinit {
        model.functions.pointee.infer_request_free(handle)
        for input in inputs { input.memory.deallocate() }
    }

    /// - Parameter sequences: at least one, all of the first one's length, `maximumTokens` tokens in all at most.
    func encode(_ sequences: [[Int32]]) throws(EncoderError) -> [[Float]] {
        let length = sequences[0].count
        precondition(sequences.allSatisfy { $0.count == length } && sequences.count * length <= Self.maximumTokens)
        for (row, sequence) in sequences.enumerated() {
            for (column, token) in sequence.enumerated() {
                inputs[0].memory[row * length + column] = Int64(token)
            }
        }
        for input in inputs { try set(input.name, input.memory, rows: sequences.count, columns: length) }
        try check(model.functions.pointee.infer(handle))
        return try readOutput(rows: sequences.count, columns: length)
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

    private func readOutput(rows: Int, columns: Int) throws(EncoderError) -> [[Float]] {
        var tensor: OpaquePointer?
        try check(model.functions.pointee.output_tensor(handle, 0, &tensor))
        guard let tensor else { throw .inferenceFailed(reason: "the model gave no output") }
        defer { model.functions.pointee.tensor_free(tensor) }
        let extents = try extents(of: tensor)
        var type: Int32 = 0
        var data: UnsafeMutableRawPointer?
        try check(model.functions.pointee.tensor_element_type(tensor, &type))
        try check(model.functions.pointee.tensor_data(tensor, &data))
        // [rows, dimension] is pooled by the model, [rows, columns, dimension] is to be pooled here.
        let isPooled = extents.count == 2
        guard type == Int32(OPENVINO_F32), let data, let dimension = extents.last, dimension > 0,
            extents == (isPooled ? [rows, dimension] : [rows, columns, dimension])
        else {
            throw .inferenceFailed(reason: "the model's output has shape \(extents), not that of sentence vectors")
        }
        let values = UnsafePointer(data.assumingMemoryBound(to: Float.self))
        let pooled = isPooled ? 1 : columns
        var vectors: [[Float]] = []
        for row in 0..<rows {
            let tokens = UnsafeBufferPointer(start: values + row * pooled * dimension, count: pooled * dimension)
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
