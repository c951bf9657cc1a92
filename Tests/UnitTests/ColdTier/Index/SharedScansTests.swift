import ColdTier
import Dispatch
import Synchronization
import Testing

@Suite struct SharedScansTests {
    @Test("Questions that wait for a pass share the next one, and each gets its own answer", arguments: [2, 16])
    func sharing(largestPass: Int) async {
        let scans = SharedScans<Int, Int>(concurrentPasses: 1, largestPass: largestPass)
        let passes = Mutex<[[Int]]>([])
        let (begun, mayEnd) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let answers = Mutex<[Int: (answer: Int, isAnothers: Bool)]>([:])
        @Sendable func ask(_ question: Int) {
            let found = scans.answer(to: question) { questions in
                passes.withLock { $0.append(questions) }
                if question == 0 {
                    begun.signal()
                    mayEnd.wait()
                }
                return questions.map { $0 * 10 }
            }
            answers.withLock { $0[question] = found }
        }
        let done = DispatchGroup()
        let queue = DispatchQueue(label: "asking", attributes: .concurrent)
        queue.async(group: done) { ask(0) }
        await Self.wait(for: begun)
        for question in 1...4 { queue.async(group: done) { ask(question) } }
        while scans.waitingCount < 4 { await Task.yield() }
        mayEnd.signal()
        await withCheckedContinuation { continuation in done.notify(queue: queue) { continuation.resume() } }

        let sizes = passes.withLock { $0.map(\.count) }
        #expect(sizes == (largestPass == 2 ? [1, 2, 2] : [1, 4]))
        #expect(passes.withLock { $0.joined().sorted() } == [0, 1, 2, 3, 4])
        answers.withLock { answers in
            #expect((0...4).allSatisfy { answers[$0]?.answer == $0 * 10 })
            #expect(answers.values.count { $0.isAnothers } == 5 - sizes.count)
        }
        #expect(scans.waitingCount == 0)
    }

    @Test("A question that finds a pass free does not wait")
    func lone() {
        let scans = SharedScans<Int, Int>(concurrentPasses: 2, largestPass: 16)
        // Asked from within a pass: with a place for two there is no waiting for the first.
        let found = scans.answer(to: 1) { outer in
            let inner = scans.answer(to: 2) { $0.map { $0 + 100 } }
            #expect(inner?.answer == 102 && inner?.isAnothers == false)
            return outer
        }
        #expect(found?.answer == 1)
        #expect(scans.waitingCount == 0)
    }

    private static func wait(for semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                semaphore.wait()
                continuation.resume()
            }
        }
    }
}
