import Dispatch
import Synchronization

/// Questions a second answered to some askers at a time, each of which waits for its answer.
enum SearchRate {
    private static let duration = Duration.seconds(3)

    static func perSecond(_ index: AskedIndex, _ questions: [[Float]], askers: Int) throws -> Double {
        let total = Mutex(0)
        let failure = Mutex<(any Error)?>(nil)
        let start = ContinuousClock.now
        DispatchQueue.concurrentPerform(iterations: askers) { asker in
            var count = 0
            while ContinuousClock.now - start < duration {
                do {
                    _ = try index.answer(questions[(asker + count * askers) % questions.count], threads: 1)
                } catch {
                    failure.withLock { $0 = error }
                    return
                }
                count += 1
            }
            total.withLock { $0 += count }
        }
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
