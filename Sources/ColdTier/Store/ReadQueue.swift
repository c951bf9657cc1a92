import Dispatch
import Synchronization

/// Reads of the file, so many at a time; the others wait in the order in which they came.
///
/// A read goes straight to the thread that does it. GRDB's own asynchronous reads go through a queue on the way, whose
/// thread has to be woken too; on two cores that was a noticeable part of a search. Any thread adds; reads may block.
final class ReadQueue: Sendable {
    typealias Read = @Sendable () -> Void

    private struct State {
        /// Of `threads`, those that have nothing to do; the one that had last is woken first.
        var idle: [Int]
        var waiting: [Read] = []
    }

    /// Serial queues, for these get threads of their own. A concurrent queue shares those of all tasks, which reads that
    /// wait for the disk or for each other would take from them.
    private let threads: [DispatchQueue]
    private let state: Mutex<State>

    /// - Parameter limit: reads at the same time, at least 1.
    init(limit: Int) {
        threads = (0..<max(1, limit)).map { DispatchQueue(label: "thermocline.cold.read.\($0)") }
        state = Mutex(State(idle: Array(threads.indices)))
    }

    func add(_ read: @escaping Read) {
        let idle = state.withLock { state in
            let idle = state.idle.popLast()
            if idle == nil { state.waiting.append(read) }
            return idle
        }
        if let idle { threads[idle].async { [self] in run(read, on: idle) } }
    }

    /// A thread that is done takes on what waits.
    private func run(_ first: @escaping Read, on thread: Int) {
        var next: Read? = first
        while let read = next {
            read()
            next = state.withLock { state in
                guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
                state.idle.append(thread)
                return nil
            }
        }
    }
}
