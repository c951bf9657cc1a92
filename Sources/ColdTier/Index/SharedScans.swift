import Dispatch
import Synchronization

/// Where questions meet that want the same pass: those that come while enough passes are under way wait, and the next pass
/// answers all of them.
///
/// A question that finds a pass free makes it at once, alone: no time is spent waiting for company. When a pass ends, the
/// first of those that wait makes the next one for all of them, and each is given its own answer.
///
/// Waiting blocks the thread, for one pass until the next begins and for that one.
package final class SharedScans<Question: Sendable, Answer: Sendable>: Sendable {
    private enum Turn {
        /// Another's pass has answered.
        case answered(Answer)
        /// To make a pass for these, of which one's own is the first.
        case leads([Seat])
    }

    /// A question that waits, or is being answered.
    private final class Seat: Sendable {
        let question: Question
        private let turn = Mutex<Turn?>(nil)
        private let bell = DispatchSemaphore(value: 0)

        init(_ question: Question) {
            self.question = question
        }

        func call(_ turn: Turn) {
            self.turn.withLock { $0 = turn }
            bell.signal()
        }

        func wait() -> Turn? {
            bell.wait()
            return turn.withLock { $0 }
        }
    }

    private struct State {
        var passCount = 0
        var waiting: [Seat] = []
    }

    private let concurrentPasses: Int
    private let largestPass: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - concurrentPasses: passes under way at most.
    ///   - largestPass: questions of one pass at most.
    package init(concurrentPasses: Int, largestPass: Int) {
        self.concurrentPasses = max(1, concurrentPasses)
        self.largestPass = max(1, largestPass)
    }

    /// Questions that wait at the moment.
    package var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// The answer to a question, and whether it came from another's pass.
    ///
    /// - Parameter pass: gives an answer to each of several questions, in their order. Called on the caller's thread, or
    ///   not at all.
    package func answer(
        to question: Question, pass: ([Question]) -> [Answer]
    ) -> (answer: Answer, isAnothers: Bool)? {
        let seat = Seat(question)
        let isFree = state.withLock { state in
            guard state.passCount == concurrentPasses else {
                state.passCount += 1
                return true
            }
            state.waiting.append(seat)
            return false
        }
        var seats = [seat]
        if !isFree {
            switch seat.wait() {
            case .answered(let answer): return (answer, true)
            case .leads(let led): seats = led
            case nil: return nil
            }
        }
        let answers = pass(seats.map(\.question))
        // First, so that the next pass begins while answers are handed out.
        passOn()
        for (seat, answer) in zip(seats, answers).dropFirst() { seat.call(.answered(answer)) }
        return answers.first.map { ($0, false) }
    }

    private func passOn() {
        let next = state.withLock { state in
            let next = Array(state.waiting.prefix(largestPass))
            state.waiting.removeFirst(next.count)
            if next.isEmpty { state.passCount -= 1 }
            return next
        }
        next.first?.call(.leads(next))
    }
}
