import Dispatch
import Foundation
import Synchronization

/// Questions a second answered to some askers at a time, each of which waits for its answer.
enum SearchRate {
    private static let duration = Duration.seconds(3)

    /// - Parameter shares: whether they ask as the server does, which lets them share passes.
    static func perSecond(
        _ index: AskedIndex, _ questions: [[Float]], askers: Int, shares: Bool = false
    ) throws -> Double {
        let total = Mutex(0)
        let failure = Mutex<(any Error)?>(nil)
        let start = ContinuousClock.now
        let done = DispatchGroup()
        for asker in 0..<askers {
            done.enter()
            // Threads of their own: a queue would start no more than there are cores.
            Thread.detachNewThread {
                defer { done.leave() }
                var count = 0
                while ContinuousClock.now - start < duration {
                    do {
                        let question = questions[(asker + count * askers) % questions.count]
                        _ = shares ? try index.sharedAnswer(question) : try index.answer(question, threads: 1)
                    } catch {
                        failure.withLock { $0 = error }
                        return
                    }
                    count += 1
                }
                total.withLock { $0 += count }
            }
        }
        done.wait()
        if let error = failure.withLock({ $0 }) { throw error }
        return Double(total.withLock { $0 }) / ((ContinuousClock.now - start) / .seconds(1))
    }

    /// Questions a second of one asker whose questions come `batchSize` at a time.
    static func batchPerSecond(_ index: AskedIndex, _ questions: [[Float]], threads: Int) throws -> Double {
        let start = ContinuousClock.now
        var count = 0
        while ContinuousClock.now - start < duration {
            let batch = (count..<count + batchSize).map { questions[$0 % questions.count] }
            count += try index.answers(batch, threads: threads).count
        }
        return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
    }

    private static let batchSize = 8
}
