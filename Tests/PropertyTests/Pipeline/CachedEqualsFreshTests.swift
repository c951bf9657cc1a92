import Foundation
import TestSupport
import Testing

@Suite("A cached answer equals a fresh one")
struct CachedEqualsFreshTests {
    private static let standardOperations = 20_000
    /// `THERMOCLINE_OPERATIONS` for a longer history than every run can afford; `scripts/bench equivalence`.
    private static let operations =
        ProcessInfo.processInfo.environment["THERMOCLINE_OPERATIONS"].flatMap { Int($0) } ?? standardOperations
    private static let progressInterval = Duration.seconds(5)

    @Test("Over a random history of questions, writes, deletions, expiries, outages and restarts, of three tenants")
    func history() async throws {
        let seed = SeededGenerator.announcedSeed()
        var history = try await CacheHistory(seed: seed)
        var reported = ContinuousClock.now
        for step in 0..<Self.operations {
            try await history.perform(step)
            guard .now - reported > Self.progressInterval, Self.operations > Self.standardOperations else { continue }
            reported = .now
            Self.say("seed \(seed): \(step + 1) of \(Self.operations) operations, \(history.summary)")
        }
        Self.say("seed \(seed): \(Self.operations) operations, \(history.summary)")
        #expect(history.cached > history.questions / 5, "the history hardly used the caches")
        #expect(history.cached > history.cachedByNumberAlone, "no more is kept than without the check")
        // In a short history the clock may not leap to where they show.
        if Self.operations >= 100_000 {
            #expect(history.refreshes > 0, "nothing was refreshed early")
            #expect(history.cachedNegatives > 0, "no answer without results was kept")
        }
        await history.close()
    }

    /// At once, also into a file.
    private static func say(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
