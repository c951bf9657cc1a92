import Dispatch
import Foundation
import Knowledge
import Synchronization

/// Writes log lines to a file descriptor on a thread of its own, so that a reader that is slow holds nobody up.
///
/// Lines wait in a bounded queue. What comes while it is full is dropped and counted: a log must not become the load.
/// Any thread.
package final class LogOutput: Sendable {
    /// Some seconds of the busiest log.
    package static let maximumWaitingBytes = 4 << 20

    private struct State: Sendable {
        var waiting: [UInt8] = []
        var isWriting = false
        var isClosed = false
    }

    private let descriptor: Int32
    private let maximumWaitingBytes: Int
    private let state = Mutex(State())
    /// Wakes the thread; it is signalled once for each time that the queue was empty.
    private let lines = DispatchSemaphore(value: 0)
    private let droppedCount = Counter()

    /// - Parameter descriptor: stays the caller's, who must keep it open.
    package init(descriptor: Int32 = STDERR_FILENO, maximumWaitingBytes: Int = LogOutput.maximumWaitingBytes) {
        self.descriptor = descriptor
        self.maximumWaitingBytes = maximumWaitingBytes
        let thread = Thread { [self] in work() }
        thread.name = "log"
        thread.start()
    }

    /// Lines that found no room.
    package var dropped: UInt64 { droppedCount.value }

    /// Takes a line, with its newline; never waits for the descriptor.
    package func write(_ line: [UInt8]) {
        let wasEmpty = state.withLock { state -> Bool? in
            guard !state.isClosed, state.waiting.count + line.count <= maximumWaitingBytes else { return nil }
            defer { state.waiting += line }
            return state.waiting.isEmpty
        }
        guard let wasEmpty else { return droppedCount.add() }
        if wasEmpty { lines.signal() }
    }

    /// Takes no more, and returns once all that was taken is written or the time is over.
    package func close(within time: Duration = .seconds(1)) async {
        state.withLock { $0.isClosed = true }
        lines.signal()
        let deadline = ContinuousClock.now + time
        while state.withLock({ $0.isWriting || !$0.waiting.isEmpty }), .now < deadline {
            try? await Task.sleep(for: .milliseconds(1))
        }
    }

    private func work() {
        while true {
            lines.wait()
            let (batch, isClosed) = state.withLock { state in
                let batch = state.waiting
                state.waiting = []
                state.isWriting = true
                return (batch, state.isClosed)
            }
            writeOut(batch)
            state.withLock { $0.isWriting = false }
            if isClosed, state.withLock({ $0.waiting.isEmpty }) { return }
        }
    }

    private func writeOut(_ bytes: [UInt8]) {
        var start = 0
        bytes.withUnsafeBytes { buffer in
            while start < buffer.count {
                let count = Foundation.write(descriptor, buffer.baseAddress?.advanced(by: start), buffer.count - start)
                if count > 0 {
                    start += count
                } else if errno != EINTR, errno != EAGAIN {
                    return droppedCount.add()
                } else if errno == EAGAIN {
                    usleep(1_000)
                }
            }
        }
    }
}
