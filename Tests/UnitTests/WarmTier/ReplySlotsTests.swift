import NIOCore
import Testing
import WarmTier

@Suite("The replies owed by Redis")
struct ReplySlotsTests {
    @Test("Replies go to the waiters in the order of the commands")
    func firstInFirstOut() {
        var slots = slots(deadlines: [30, 10, 20])
        #expect((0..<3).map { _ in slots.popFirst()?.waiter } == [0, 1, 2])
        #expect(slots.popFirst() == nil)
    }

    @Test("A timed-out waiter is told once, and its late reply is dropped rather than given to the next")
    func lateReplyIsDropped() {
        var slots = slots(deadlines: [10, 50])
        #expect(slots.takeExpired(at: at(10)).map(\.waiter) == [0])
        #expect(slots.takeExpired(at: at(11)).map(\.waiter) == [])
        #expect(slots.count == 2)
        #expect(slots.popFirst()?.waiter == .some(nil))
        #expect(slots.popFirst()?.waiter == 1)
    }

    @Test("Deadlines need not be in the order of the commands")
    func expiresInTheMiddle() {
        var slots = slots(deadlines: [30, 10, 20])
        #expect(slots.nextDeadline == at(10))
        #expect(slots.takeExpired(at: at(20)).map(\.waiter) == [1, 2])
        #expect(slots.nextDeadline == at(30))
        #expect(slots.popFirst()?.waiter == 0)
    }

    @Test("At the end of a connection every slot is given out, those of the timed-out without a waiter")
    func endsAll() {
        var slots = slots(deadlines: [10, 20])
        _ = slots.takeExpired(at: at(10))
        #expect(slots.removeAll().map(\.waiter) == [nil, 1])
        #expect(slots.count == 0)
        #expect(slots.nextDeadline == nil)
        #expect(slots.oldestSentAt == nil)
    }

    private func at(_ nanoseconds: UInt64) -> NIODeadline { .uptimeNanoseconds(nanoseconds) }

    private func slots(deadlines: [UInt64]) -> ReplySlots<Int> {
        var slots = ReplySlots<Int>()
        for (index, deadline) in deadlines.enumerated() {
            slots.append(index, sentAt: at(0), deadline: at(deadline), byteCount: 1)
        }
        return slots
    }
}
