import Testing
import ThermoclineClient

@Suite("Pauses between attempts of the client") struct RetryPolicyTests {
    private let policy = RetryPolicy(
        ClientOptions(attempts: 4, firstPause: .milliseconds(100), maximumPause: .milliseconds(300)))

    @Test("They double up to the longest, each a random part from half to the whole")
    func growth() {
        for (attempt, whole) in [(1, 100), (2, 200), (3, 300)] {
            let pauses = [0.0, 0.5, 1.0].map { jitter in
                policy.pause(after: attempt, retryAfter: nil, left: .seconds(9), jitter: jitter)
            }
            #expect(pauses == [whole / 2, whole * 3 / 4, whole].map { .milliseconds($0) })
        }
    }

    @Test("What the server asks for is never undercut, and may be longer than the client's own longest")
    func retryAfter() {
        let waits = [0.0, 1.0].map { jitter in
            policy.pause(after: 1, retryAfter: .seconds(20), left: .seconds(60), jitter: jitter)
        }
        #expect(waits == [.seconds(20), .seconds(22)])
        #expect(policy.pause(after: 1, retryAfter: .zero, left: .seconds(60), jitter: 1) == .milliseconds(100))
    }

    @Test("The last attempt and a deadline that comes first end it")
    func ends() {
        #expect(policy.pause(after: 4, retryAfter: nil, left: .seconds(60), jitter: 0) == nil)
        #expect(policy.pause(after: 1, retryAfter: .seconds(20), left: .seconds(20), jitter: 0) == nil)
        #expect(policy.pause(after: 1, retryAfter: nil, left: .milliseconds(50), jitter: 0) == nil)
    }
}
