import Dispatch
import Synchronization

/// Reads of the file, so many at a time; the others wait in the order in which they came.
///
/// A read goes straight to the thread that does it. GRDB's own asynchronous reads go through a queue on the way, whose
/// thread has to be woken too; on two cores that was a noticeable part of a search. Any thread adds; reads may block.
final class ReadQueue: Sendable {
    typealias Read = @Sendable () -> Void

    private struct State {
        var running = 0
        var waiting: [Read] = []
    }

    private let limit: Int
    private let state = Mutex(State())
    private let threads = DispatchQueue(label: "thermocline.cold.reads", attributes: .concurrent)

    /// - Parameter limit: reads at the same time, at least 1.
    init(limit: Int) {
        self.limit = max(1, limit)
    }

    func add(_ read: @escaping Read) {
        let isNext = state.withLock { state in
            guard state.running < limit else {
                state.waiting.append(read)
                return false
            }
            state.running += 1
            return true
        }
        if isNext { threads.async { [self] in run(read) } }
    }

    /// A thread that is done takes on what waits, so that there are never more of them than reads at a time.
    private func run(_ first: @escaping Read) {
        var next: Read? = first
        while let read = next {
            read()
            next = state.withLock { state in
                guard !state.waiting.isEmpty else {
                    state.running -= 1
                    return nil
                }
                return state.waiting.removeFirst()
            }
        }
    }
}
