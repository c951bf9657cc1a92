import Foundation
public import Knowledge
import Synchronization

/// A sentence encoder in ONNX form, run on this machine's CPU by OpenVINO.
///
/// Texts are tokenised by the caller and encoded on threads of the encoder's own. An inference runs on two cores:
/// a lone question is answered sooner than on one, and more at a time are made by more such pairs, where there are
/// more cores. There is one worker thread more than inferences run at a time, so that one prepares and pools while
/// the others infer. Questions are encoded alone. Batches are sorted by length and encoded in chunks of one padded length,
/// which gives the same bits (see `InferenceRequest`); that it does so on this CPU is tried out when loading, and
/// otherwise every text of a batch is encoded alone too.
public final class OpenVINOEncoder: Encoder {
    public let identity: EncoderIdentity
    private let tokenizer: WordPieceTokenizer
    private let queue: EncodingQueue
    private let sharesInferences: Bool

    static let threadsPerInference = 2
    /// More cores than this do not serve one encoder: each worker keeps its own memory.
    static let maximumCores = 16
    /// Texts of one inference, where several share it. Of no other number but 1, for the runtime prepares each shape once
    /// (5–10 ms) and keeps 2 to 3 MB for it. Up to 8 texts of any length made an import of short texts 4 % faster, and held up a
    /// question for twice as long.
    static let chunkTexts = 4
    /// Tokens, padded, up to which texts share inferences: most issues. Longer ones gain less by it, and their shapes would
    /// take as much memory again.
    static let maximumSharedLength = 32
    /// Texts of a batch that are in the queue at a time.
    static let maximumBatchTexts = 1_024
    /// The runtime's kernels keep buffers on the stack.
    private static let workerStackBytes = 8 << 20
    /// What besides the model's files decides a vector's numbers.
    private static let pooling = "mean,l2,f32,padded 4/16"

    /// Loads the model on a thread of its own: about half a second.
    ///
    /// - Parameter cores: how many cores to use; `nil` for all there are.
    public static func load(
        _ location: ModelLocation, cores: Int? = nil
    ) async throws(EncoderError) -> OpenVINOEncoder {
        let result: Result<OpenVINOEncoder, EncoderError> = await withCheckedContinuation { continuation in
            Self.startThread(named: "encoder-load") {
                let loaded: Result<OpenVINOEncoder, EncoderError>
                do throws(EncoderError) {
                    let cores = cores ?? ProcessInfo.processInfo.activeProcessorCount
                    loaded = .success(try OpenVINOEncoder(location, cores: cores))
                } catch {
                    loaded = .failure(error)
                }
                continuation.resume(returning: loaded)
            }
        }
        return try result.get()
    }

    /// Blocks.
    private init(_ location: ModelLocation, cores: Int) throws(EncoderError) {
        let vocabulary = try ModelLocation.read(location.vocabularyFile)
        do {
            tokenizer = try WordPieceTokenizer(vocabulary: Array(vocabulary))
        } catch {
            throw .modelUnusable(path: location.vocabularyFile, reason: "\(error)")
        }
        let cores = max(1, min(cores, Self.maximumCores))
        let streams = max(1, cores / Self.threadsPerInference)
        let model = try CompiledModel(location: location, streams: streams, threads: cores)
        let trial = try Self.trial(model, path: location.modelFile)
        sharesInferences = trial.batchesAgree
        identity = EncoderIdentity(
            name: location.modelName,
            fingerprint: Self.fingerprint(
                model: try ModelLocation.read(location.modelFile), vocabulary: vocabulary, dimension: trial.dimension),
            dimension: trial.dimension)
        queue = EncodingQueue(workers: streams + 1, chunkWorkers: streams)
        for number in 0...streams {
            let queue = queue
            Self.startThread(named: "encoder-\(number)") { Self.work(on: queue, with: model) }
        }
    }

    deinit {
        queue.close()
    }

    public func encode(_ text: String) async throws(EncoderError) -> [Float] {
        try await encode(tokens: tokenizer.encode(text))
    }

    private func encode(tokens: [Int32]) async throws(EncoderError) -> [Float] {
        let result: Result<[Float], EncoderError> = await withCheckedContinuation { continuation in
            do throws(EncoderError) {
                try queue.add(EncodingQueue.Question(tokens: tokens) { continuation.resume(returning: $0) })
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    public func encode(batch: [String]) async throws(EncoderError) -> [[Float]] {
        var vectors: [[Float]] = []
        vectors.reserveCapacity(batch.count)
        for start in stride(from: 0, to: batch.count, by: Self.maximumBatchTexts) {
            let part = batch[start..<min(start + Self.maximumBatchTexts, batch.count)]
            vectors += try await encode(sequences: part.map(tokenizer.encode))
        }
        return vectors
    }

    private func encode(sequences: [[Int32]]) async throws(EncoderError) -> [[Float]] {
        let plan = Self.chunks(
            ofLengths: sequences.map { InferenceRequest.paddedLength($0.count) }, mayShare: sharesInferences)
        let result: Result<[[Float]], EncoderError> = await withCheckedContinuation { continuation in
            let batch = PendingBatch(texts: sequences.count, chunks: plan.count) { continuation.resume(returning: $0) }
            let chunks = plan.map { places in
                EncodingQueue.Chunk(sequences: places.map { sequences[$0] }) { batch.finish(places, $0) }
            }
            do throws(EncoderError) {
                try queue.add(chunks)
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// The places of the texts that share an inference: of one padded length each, shortest first.
    static func chunks(ofLengths lengths: [Int], mayShare: Bool) -> [[Int]] {
        let sorted = lengths.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
        var chunks: [[Int]] = []
        var start = 0
        while start < sorted.count {
            let length = lengths[sorted[start]]
            let alike = sorted[start...].prefix(chunkTexts).prefix { lengths[$0] == length }
            let isShared = mayShare && length <= maximumSharedLength && alike.count == chunkTexts
            chunks.append(Array(alike.prefix(isShared ? chunkTexts : 1)))
            start += isShared ? chunkTexts : 1
        }
        return chunks
    }

    /// Has the runtime prepare for questions of the usual lengths, each of which else costs the first asker 5–10 ms.
    ///
    /// Takes a fifth of a second in all; questions asked meanwhile wait for one step of it. Ends early when the task
    /// is cancelled.
    public func warmUp() async throws(EncoderError) {
        for length in stride(from: 4, through: 64, by: 4) where !Task.isCancelled {
            _ = try await encode(tokens: Array(repeating: tokenizer.unknown, count: length))
        }
    }

    /// Encodes a word: 2 ms.
    public func check() async throws(EncoderError) {
        _ = try await encode("health")
    }

    /// Refuses new texts, encodes those that wait, and returns when the encoder's threads have ended.
    public func close() async {
        queue.close()
        await queue.waitForWorkers()
    }
}

extension OpenVINOEncoder {
    private static func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.stackSize = workerStackBytes
        thread.start()
    }

    /// A worker thread's life.
    private static func work(on queue: EncodingQueue, with model: CompiledModel) {
        defer { queue.workerEnded() }
        var request: InferenceRequest?
        while let work = queue.next() {
            switch work {
            case .question(let question):
                question.resume(infer([question.tokens], with: model, &request).map { $0[0] })
            case .chunk(let chunk):
                let result = infer(chunk.sequences, with: model, &request)
                queue.finishedChunk()
                chunk.resume(result)
            }
        }
    }

    /// A request that failed is replaced: what state it was left in is not known.
    private static func infer(
        _ sequences: [[Int32]], with model: CompiledModel, _ request: inout InferenceRequest?
    ) -> Result<[[Float]], EncoderError> {
        do throws(EncoderError) {
            if let request { return .success(try request.encode(sequences)) }
            let fresh = try InferenceRequest(model)
            request = fresh
            return .success(try fresh.encode(sequences))
        } catch {
            request = nil
            return .failure(error)
        }
    }

    /// Runs the model once, and tries whether sequences encoded together come out as each does alone.
    private static func trial(
        _ model: CompiledModel, path: String
    ) throws(EncoderError) -> (dimension: Int, batchesAgree: Bool) {
        // Any tokens do, so long as rows differ, in length too; 20 is no multiple of any register's width.
        let sequences = zip([1_000, 1_097, 1_194, 1_291], 17...20).map { (first: Int32, count: Int) in
            (0..<Int32(count)).map { first + 13 * $0 }
        }
        do throws(EncoderError) {
            let request = try InferenceRequest(model)
            let together = try request.encode(sequences)
            var agree = true
            for (sequence, vector) in zip(sequences, together) where try request.encode([sequence]) != [vector] {
                agree = false
            }
            return (together[0].count, agree)
        } catch {
            throw .modelUnusable(path: path, reason: error.description)
        }
    }

    private static func fingerprint(model: Data, vocabulary: Data, dimension: Int) -> String {
        EncoderIdentity.fingerprint(of: [model, vocabulary], form: "\(pooling),\(dimension)")
    }
}

/// A batch whose chunks are being encoded, each by some worker.
private final class PendingBatch: Sendable {
    private struct State {
        var vectors: [[Float]]
        var openChunks: Int
        var failure: EncoderError?
    }

    private let state: Mutex<State>
    private let resume: @Sendable (Result<[[Float]], EncoderError>) -> Void

    init(texts: Int, chunks: Int, resume: @escaping @Sendable (Result<[[Float]], EncoderError>) -> Void) {
        state = Mutex(State(vectors: Array(repeating: [], count: texts), openChunks: chunks))
        self.resume = resume
    }

    /// Takes a chunk's vectors to their places; the last one resumes whoever waits for the batch.
    func finish(_ places: [Int], _ result: Result<[[Float]], EncoderError>) {
        let outcome: Result<[[Float]], EncoderError>? = state.withLock { state in
            switch result {
            case .success(let vectors): for (place, vector) in zip(places, vectors) { state.vectors[place] = vector }
            case .failure(let error): state.failure = error
            }
            state.openChunks -= 1
            guard state.openChunks == 0 else { return nil }
            return state.failure.map { .failure($0) } ?? .success(state.vectors)
        }
        if let outcome { resume(outcome) }
    }
}
