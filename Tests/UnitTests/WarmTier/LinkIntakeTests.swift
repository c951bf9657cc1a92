import NIOCore
import Testing
import WarmTier

@Suite("The bounded way to Redis")
struct LinkIntakeTests {
    @Test("More requests than the limit are refused until some are given back")
    func boundsRequests() async throws {
        let intake = LinkIntake()
        let request = try #require(RedisRequest(RedisCommand("PING")))
        for _ in 0..<LinkIntake.maximumRequests { await fill(intake, request) }
        #expect(intake.outstanding == LinkIntake.maximumRequests)
        #expect(await fill(intake, request) == .overloaded)
        intake.giveBack(requests: 1, bytes: request.bytes.count)
        #expect(await fill(intake, request) == nil)
    }

    @Test("More bytes than the limit are refused")
    func boundsBytes() async throws {
        let intake = LinkIntake()
        var command = RedisCommand("SET", "k")
        command.append([UInt8](repeating: 0, count: LinkIntake.maximumBytes / 2))
        let request = try #require(RedisRequest(command))
        #expect(await fill(intake, request) == nil)
        #expect(await fill(intake, request) == .overloaded)
    }

    @Test("Once closed it refuses everything")
    func closes() async throws {
        let intake = LinkIntake()
        intake.close()
        #expect(await fill(intake, try #require(RedisRequest(RedisCommand("PING")))) == .closed)
    }

    /// Offers a request and, when it is let in, takes it out again as a loop that never gets a reply would.
    @discardableResult
    private func fill(_ intake: LinkIntake, _ request: RedisRequest) async -> WarmUnavailable? {
        let outcome = await withCheckedContinuation { continuation in
            let submission = RedisSubmission(request: request, deadline: .now(), continuation: continuation)
            if case .refused(let reason) = intake.offer(submission) {
                continuation.resume(returning: .failure(reason))
            } else {
                for taken in intake.collect() { taken.continuation.resume(returning: .success(.null)) }
            }
        }
        if case .failure(let reason) = outcome { return reason }
        return nil
    }
}
