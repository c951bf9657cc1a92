import Foundation
import TestSupport
import Testing

@Suite("A reused answer keeps its rules, and is never kept")
struct SemanticHistoryTests {
    private static let operations =
        ProcessInfo.processInfo.environment["THERMOCLINE_OPERATIONS"].flatMap { Int($0) } ?? 1_500

    @Test("Over a random history of questions in several wordings, writes, deletions and expiries, of two tenants")
    func history() async throws {
        let seed = SeededGenerator.announcedSeed()
        var history = try await SemanticHistory(seed: seed)
        for step in 0..<Self.operations { try await history.perform(step) }
        print("\(history.questions) questions, \(history.cached) exact hits, \(history.reused) reuses")
        #expect(history.reused > history.questions / 50, "the history hardly reused anything")
        #expect(history.cached > history.questions / 20, "the history hardly used the caches")
        await history.close()
    }
}
