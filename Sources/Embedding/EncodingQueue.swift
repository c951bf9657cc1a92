import Dispatch
import Synchronization

/// Texts waiting to be encoded: a lane of questions, taken first, and a lane of batches' chunks.
///
/// Both lanes are bounded; what does not fit is refused at once. Chunks hold at most `chunkWorkers` workers at a
/// time, so that one is always free for a question, which then waits for a chunk's end at most. After
/// `questionsInARow` questions a waiting chunk has its turn, so that questions without end do not starve an import.
/// Every state change is under the mutex; the semaphore wakes a worker for each piece of work, and at worst once
/// too often.
final class EncodingQueue: Sendable {
    /// At 2 ms a question the last one waits half a second; whoever asks after that is better told to come back.
    static let maximumWaitingQuestions = 256
    /// Four of the largest batches that `encode(batch:)` puts in at a time.
    static let maximumWaitingBatchTexts = 4_096
    static let questionsInARow = 16

    struct Question {
        let tokens: [Int32]
        let resume: @Sendable (Result<[Float], EncoderError>) -> Void
    }

    struct Chunk {
        /// All of one padded length.
        let sequences: [[Int32]]
        let resume: @Sendable (Result<[[Float]], EncoderError>) -> Void
    }

    enum Work {
        case question(Question)
        case chunk(Chunk)
    }

    private struct State {
        var questions: [Question] = []
        var chunks: [Chunk] = []
        var waitingBatchTexts = 0
        var runningChunks = 0
        var questionsInARow = 0
        var isClosed = false
        var liveWorkers: Int
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let available = DispatchSemaphore(value: 0)
    private let workers: Int
    private let chunkWorkers: Int

    init(workers: Int, chunkWorkers: Int) {
        self.workers = workers
        self.chunkWorkers = chunkWorkers
        state = Mutex(State(liveWorkers: workers))
    }

    func add(_ question: Question) throws(EncoderError) {
        let refusal: EncoderError? = state.withLock { state in
            if state.isClosed { return .closed }
            if state.questions.count >= Self.maximumWaitingQuestions {
                return .overloaded(limit: Self.maximumWaitingQuestions)
            }
            state.questions.append(question)
            return nil
        }
        if let refusal { throw refusal }
        available.signal()
    }

    /// Adds all chunks of a batch or none.
    func add(_ chunks: [Chunk]) throws(EncoderError) {
        let texts = chunks.reduce(0) { $0 + $1.sequences.count }
        let refusal: EncoderError? = state.withLock { state in
            if state.isClosed { return .closed }
            if state.waitingBatchTexts + texts > Self.maximumWaitingBatchTexts {
                return .overloaded(limit: Self.maximumWaitingBatchTexts)
            }
            state.chunks += chunks
            state.waitingBatchTexts += texts
            return nil
        }
        if let refusal { throw refusal }
        for _ in chunks { available.signal() }
    }

    /// The next work, waiting for it; `nil` once the queue is closed and empty. Blocks: for workers' threads only.
    func next() -> Work? {
        while true {
            available.wait()
            let (work, isOver) = state.withLock { state in
                let work = take(&state)
                return (work, work == nil && state.isClosed && state.questions.isEmpty && state.chunks.isEmpty)
            }
            if let work { return work }
            if isOver { return nil }
        }
    }

    private func take(_ state: inout State) -> Work? {
        let chunkMayRun = !state.chunks.isEmpty && state.runningChunks < chunkWorkers
        let chunkIsDue = chunkMayRun && state.questionsInARow >= Self.questionsInARow
        if !state.questions.isEmpty, !chunkIsDue {
            state.questionsInARow += 1
            return .question(state.questions.removeFirst())
        }
        guard chunkMayRun else { return nil }
        let chunk = state.chunks.removeFirst()
        state.questionsInARow = 0
        state.runningChunks += 1
        state.waitingBatchTexts -= chunk.sequences.count
        return .chunk(chunk)
    }

    /// To be called by a worker that has run a chunk.
    func finishedChunk() {
        let mayGoOn = state.withLock { state in
            state.runningChunks -= 1
            return !state.chunks.isEmpty || state.isClosed
        }
        // The waiting chunk's own signal may have woken a worker that was not allowed to take it.
        if mayGoOn { available.signal() }
    }

    /// Refuses new work; workers end once the lanes are empty.
    func close() {
        state.withLock { $0.isClosed = true }
        for _ in 0..<workers { available.signal() }
    }

    /// To be called by a worker's thread as its last act.
    func workerEnded() {
        let closers = state.withLock { state in
            state.liveWorkers -= 1
            guard state.liveWorkers == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
        // Wakes the next worker, should it have spent its signal on looking at a lane not yet empty.
        available.signal()
    }

    /// Returns when the last worker has ended.
    func waitForWorkers() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.liveWorkers > 0 { state.closers.append(continuation) }
                return state.liveWorkers == 0
            }
            if isOver { continuation.resume() }
        }
    }
}
