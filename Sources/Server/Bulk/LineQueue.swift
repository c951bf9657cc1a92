import NIOCore

/// Lines on their way from one reader of a stream to one taker, who sees what has arrived, in batches.
///
/// While the taker stores a batch, the reader goes on reading until the queue is full; then it waits, and through it
/// the client. So a slow sender is served line by line and a fast one in full batches, without a timer.
actor LineQueue {
    /// As many as two batches: one is being stored while the next arrives.
    private let maximumLines: Int
    /// Lines may be as long as an item of the largest size; this bounds what a stream of such keeps in memory.
    private let maximumBytes: Int

    private var lines: [NumberedLine] = []
    private var byteCount = 0
    private var isFinished = false
    private var failure: (any Error)?
    private var waitingTaker: CheckedContinuation<Void, Never>?
    private var waitingReader: CheckedContinuation<Void, Never>?

    init(maximumLines: Int = 512, maximumBytes: Int = 2 * BulkRun.batchBytes) {
        self.maximumLines = maximumLines
        self.maximumBytes = maximumBytes
    }

    /// Adds lines, first waiting until there is room.
    ///
    /// - Returns: false when nobody will take them any more.
    func put(_ new: [NumberedLine]) async -> Bool {
        while !isFinished, lines.count >= maximumLines || byteCount >= maximumBytes {
            await withCheckedContinuation { waitingReader = $0 }
        }
        guard !isFinished else { return false }
        lines += new
        byteCount += new.reduce(0) { $0 + ($1.bytes?.count ?? 0) }
        wakeTaker()
        return true
    }

    /// What has arrived, at most `limit` lines of `maximumBytes` together, or one that is longer; waits for the first.
    /// `nil` when the stream has ended.
    func take(upTo limit: Int, bytes maximumBytes: Int) async throws -> [NumberedLine]? {
        while lines.isEmpty {
            if let failure { throw failure }
            if isFinished { return nil }
            await withCheckedContinuation { waitingTaker = $0 }
        }
        var bytes = 0
        let batch = Array(
            lines.prefix(limit).prefix { line in
                bytes += line.bytes?.count ?? 0
                return bytes <= maximumBytes || bytes == line.bytes?.count
            })
        lines.removeFirst(batch.count)
        byteCount -= batch.reduce(0) { $0 + ($1.bytes?.count ?? 0) }
        waitingReader?.resume()
        waitingReader = nil
        return batch
    }

    /// Ends the stream, from either side; whoever waits goes on.
    func finish(throwing error: (any Error)? = nil) {
        isFinished = true
        if failure == nil { failure = error }
        wakeTaker()
        waitingReader?.resume()
        waitingReader = nil
    }

    private func wakeTaker() {
        waitingTaker?.resume()
        waitingTaker = nil
    }
}
