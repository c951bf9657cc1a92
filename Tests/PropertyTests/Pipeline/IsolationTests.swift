import Pipeline
import TestSupport
import Testing

@Suite("Tenants do not see one another")
struct IsolationTests {
    private static let operations = 2_500

    @Test("Two who ask and write the same texts are told what each would be told alone")
    func history() async throws {
        var history = try await IsolationHistory(seed: SeededGenerator.announcedSeed())
        for step in 0..<Self.operations { try await history.perform(step) }
        print("asked, by what answered: \(history.served)")
        for servedBy in [ServedBy.hot, .warm, .cold] {
            // Of seeds seen, the least were 19 from warm.
            #expect(history.served[servedBy, default: 0] > 4, "\(servedBy.rawValue) hardly answered")
        }
        await history.close()
    }
}
