import Testing
import WarmTier

@Suite("The life of a connection")
struct ConnectionStateMachineTests {
    @Test("It connects, greets and is ready")
    func reachesReady() {
        var machine = ConnectionStateMachine()
        #expect(machine.start() == .connect(attempt: 1))
        #expect(machine.connected(attempt: 1) == .greet)
        #expect(machine.greeted(attempt: 1) == .announceReady)
        #expect(machine.state == .ready)
    }

    @Test("It starts once")
    func startsOnce() {
        var machine = ConnectionStateMachine()
        _ = machine.start()
        #expect(machine.start() == .none)
    }

    @Test("Whatever is lost is tried again, later each time and never beyond the cap")
    func backsOff() {
        var machine = ConnectionStateMachine()
        _ = machine.start()
        var delays: [Int64] = []
        for attempt in UInt64(1)...8 {
            guard case .retry(attempt, let delay) = machine.lost(attempt: attempt, random: 0) else {
                Issue.record("attempt \(attempt) is not tried again")
                return
            }
            delays.append(delay)
            #expect(machine.waitElapsed(attempt: attempt) == .connect(attempt: attempt + 1))
        }
        #expect(delays == [50, 100, 200, 400, 800, 1_000, 1_000, 1_000])
    }

    @Test("Jitter shortens a wait to half at most")
    func jitters() {
        var backoff = ReconnectBackoff()
        #expect(backoff.delayMilliseconds(random: 0) == 50)
        #expect(backoff.delayMilliseconds(random: 0.999_999) == 51)
        #expect((100...200).contains(backoff.delayMilliseconds(random: 0.5)))
    }

    @Test("A connection that was ready starts over with the shortest wait")
    func resetsBackoff() {
        var machine = ConnectionStateMachine()
        _ = machine.start()
        for attempt in UInt64(1)...5 {
            _ = machine.lost(attempt: attempt, random: 0)
            _ = machine.waitElapsed(attempt: attempt)
        }
        _ = machine.connected(attempt: 6)
        _ = machine.greeted(attempt: 6)
        #expect(machine.lost(attempt: 6, random: 0) == .retry(attempt: 6, afterMilliseconds: 50))
    }

    @Test("A refused greeting does not start over with the shortest wait")
    func refusedGreetingBacksOff() {
        var machine = ConnectionStateMachine()
        _ = machine.start()
        _ = machine.connected(attempt: 1)
        _ = machine.lost(attempt: 1, random: 0)
        _ = machine.waitElapsed(attempt: 1)
        _ = machine.connected(attempt: 2)
        #expect(machine.lost(attempt: 2, random: 0) == .retry(attempt: 2, afterMilliseconds: 100))
    }

    @Test("Events of an earlier attempt change nothing, and its channel is closed")
    func ignoresStaleEvents() {
        var machine = ConnectionStateMachine()
        _ = machine.start()
        _ = machine.lost(attempt: 1, random: 0)
        _ = machine.waitElapsed(attempt: 1)
        #expect(machine.connected(attempt: 1) == .closeStray)
        #expect(machine.lost(attempt: 1, random: 0) == .none)
        #expect(machine.greeted(attempt: 1) == .none)
        #expect(machine.waitElapsed(attempt: 1) == .none)
        #expect(machine.state == .connecting)
        #expect(machine.connected(attempt: 2) == .greet)
    }

    @Test("A loss is acted upon once")
    func losesOnce() {
        var machine = ConnectionStateMachine()
        _ = machine.start()
        #expect(machine.lost(attempt: 1, random: 0) != .none)
        #expect(machine.lost(attempt: 1, random: 0) == .none)
    }

    @Test("Once closed it stays closed, from every state")
    func staysClosed() {
        for steps in 0...4 {
            var machine = ConnectionStateMachine()
            if steps > 0 { _ = machine.start() }
            if steps > 1 { _ = machine.connected(attempt: 1) }
            if steps > 2 { _ = machine.greeted(attempt: 1) }
            if steps > 3 { _ = machine.lost(attempt: 1, random: 0) }
            #expect(machine.close() == .shutDown)
            #expect(machine.close() == .none)
            #expect(machine.start() == .none)
            #expect(machine.connected(attempt: 1) == .closeStray)
            #expect(machine.greeted(attempt: 1) == .none)
            #expect(machine.lost(attempt: 1, random: 0) == .none)
            #expect(machine.waitElapsed(attempt: 1) == .none)
            #expect(machine.state == .closed)
        }
    }
}
