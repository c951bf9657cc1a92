import Foundation
import TestSupport
import Testing

@Suite("A cached answer equals a fresh one")
struct CachedEqualsFreshTests {
    /// `THERMOCLINE_OPERATIONS` for a longer history than every run can afford.
    private static let operations =
        ProcessInfo.processInfo.environment["THERMOCLINE_OPERATIONS"].flatMap { Int($0) } ?? 4_000

    @Test("Over a random history of questions, writes, deletions, expiries, outages and restarts, of three tenants")
    func history() async throws {
        let seed = SeededGenerator.announcedSeed()
        var history = try await CacheHistory(seed: seed)
        for step in 0..<Self.operations { try await history.perform(step) }
        print(history.summary)
        #expect(history.cached > history.questions / 5, "the history hardly used the caches")
        #expect(history.cached > history.cachedByNumberAlone, "no more is kept than without the check")
        await history.close()
    }
}
