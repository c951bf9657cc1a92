import Backup
import Dispatch
import Import
import Synchronization

/// Runs what blocks on a thread of its own, shows how far it is, and has it stop when the person asks for it.
struct BlockingWork: Sendable {
    private let display = DisplayLock(.standardError())

    /// Shows a step.
    func show(_ step: String, doneBytes: Int, totalBytes: Int) {
        display.show(step, doneBytes, totalBytes)
    }

    /// Ends the bar, so that what follows has a line of its own.
    func endDisplay() { display.end() }

    func run<Value: Sendable>(
        _ body: @escaping @Sendable (@escaping BackupProgress.Report) throws -> Value
    ) async throws -> Value {
        let stop = StopRequest()
        let signals = SignalListener(stop)
        defer {
            signals.end()
            endDisplay()
        }
        return try await withCheckedThrowingContinuation { done in
            DispatchQueue(label: "thermocline.command").async {
                done.resume(
                    with: Result {
                        try body { progress in
                            show(
                                progress.step.rawValue, doneBytes: progress.doneBytes,
                                totalBytes: progress.totalBytes)
                            return !stop.isMade
                        }
                    })
            }
        }
    }
}

/// A display that several threads show on.
private final class DisplayLock: Sendable {
    private struct State {
        var display: ProgressDisplay
        var last: ByteProgress?
    }

    private let start = ContinuousClock.now
    private let state: Mutex<State>

    init(_ display: ProgressDisplay) {
        state = Mutex(State(display: display))
    }

    func show(_ step: String, _ doneBytes: Int, _ totalBytes: Int) {
        state.withLock { state in
            let progress = ByteProgress(
                step: step, doneBytes: doneBytes, totalBytes: totalBytes, elapsed: .now - start)
            state.last = progress
            state.display.show(progress)
        }
    }

    func end() {
        state.withLock { state in
            if let last = state.last { state.display.show(last, isLast: true) }
            state.last = nil
        }
    }
}
