import Testing
import WarmTier

@Suite("The circuit breaker")
struct CircuitBreakerTests {
    @Test("It opens at the limit of failures in a row and not before")
    func opensAtLimit() {
        var breaker = CircuitBreaker()
        for _ in 1..<CircuitBreaker.failureLimit { #expect(breaker.failed(atMilliseconds: 0) == nil) }
        #expect(breaker.state == .closed)
        #expect(breaker.failed(atMilliseconds: 0) == CircuitBreaker.firstDelayMilliseconds)
        #expect(breaker.state == .open)
    }

    @Test("A success in between starts the count again")
    func successResets() {
        var breaker = CircuitBreaker()
        for _ in 0..<20 {
            for _ in 1..<CircuitBreaker.failureLimit { #expect(breaker.failed(atMilliseconds: 0) == nil) }
            breaker.succeeded()
        }
        #expect(breaker.state == .closed)
    }

    @Test("Failures spread wider than the window do not open it")
    func windowForgets() {
        var breaker = CircuitBreaker()
        for index in 0..<100 {
            #expect(breaker.failed(atMilliseconds: Int64(index) * CircuitBreaker.windowMilliseconds) == nil)
        }
    }

    @Test("A good probe closes it, and a probe is sent once")
    func goodProbeCloses() {
        var breaker = opened()
        #expect(breaker.probeDue() == true)
        #expect(breaker.probeDue() == false)
        #expect(breaker.probed(succeeded: true) == nil)
        #expect(breaker.state == .closed)
    }

    @Test("Bad probes are sent ever more rarely, never rarer than the longest delay")
    func badProbesSlowDown() {
        var breaker = opened()
        var delays: [Int64] = []
        for _ in 0..<6 {
            #expect(breaker.probeDue() == true)
            delays.append(breaker.probed(succeeded: false) ?? -1)
        }
        #expect(delays == [200, 400, 800, 1_000, 1_000, 1_000])
    }

    @Test("One that passes its probes but fails callers waits longer each time, until a caller succeeds")
    func flappingSlowsDown() {
        var breaker = opened()
        _ = breaker.probeDue()
        _ = breaker.probed(succeeded: true)
        #expect(fail(&breaker) == 200)
        _ = breaker.probeDue()
        _ = breaker.probed(succeeded: true)
        breaker.succeeded()
        #expect(fail(&breaker) == 100)
    }

    @Test("While open, late successes and failures of callers change nothing")
    func openIgnoresCallers() {
        var breaker = opened()
        breaker.succeeded()
        #expect(breaker.failed(atMilliseconds: 0) == nil)
        #expect(breaker.state == .open)
    }

    @Test("A probe that nobody sent changes nothing")
    func strayProbe() {
        var breaker = CircuitBreaker()
        #expect(breaker.probed(succeeded: false) == nil)
        #expect(breaker.state == .closed)
        #expect(breaker.probeDue() == false)
    }

    private func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker()
        _ = fail(&breaker)
        return breaker
    }

    private func fail(_ breaker: inout CircuitBreaker) -> Int64? {
        var delay: Int64?
        for _ in 0..<CircuitBreaker.failureLimit { delay = breaker.failed(atMilliseconds: 0) }
        return delay
    }
}
