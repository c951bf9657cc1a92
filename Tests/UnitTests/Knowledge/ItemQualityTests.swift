import Knowledge
import Testing

@Suite("The quality that votes come to")
struct ItemQualityTests {
    private static let day: Int64 = 86_400_000
    private let now = Timestamp(milliseconds: 1_000 * day)

    private func quality(_ helpful: Int, _ unhelpful: Int, daysAgo: Int64 = 0) -> Double {
        let at = now.adding(milliseconds: -daysAgo * Self.day)
        let votes =
            (0..<helpful).map { _ in ItemQuality.Vote(isHelpful: true, at: at) }
            + (0..<unhelpful).map { _ in ItemQuality.Vote(isHelpful: false, at: at) }
        return ItemQuality.quality(of: votes, at: now)
    }

    @Test("It is 0 without votes and in a tie, and the opposite of what the opposite votes come to")
    func symmetry() {
        #expect(quality(0, 0) == 0)
        for count in 1...30 {
            #expect(quality(count, count) == 0)
            #expect(quality(count, 3) == -quality(3, count))
        }
        #expect("\(quality(1, 1))" == "0.0")
    }

    @Test("It is the difference of Wilson's lower bounds")
    func wilson() {
        #expect(quality(1, 0) == 0.2065)
        #expect(quality(0, 1) == -0.2065)
        #expect(quality(8, 0) == 0.6756)
        // 9 of 10: 0.5958; 1 of 10: 0.0179.
        #expect(quality(9, 1) == 0.578)
        #expect(quality(1_000, 0) < 1 && quality(1_000, 0) > 0.99)
    }

    @Test("One more vote never moves it by more than 0.207, nor the wrong way")
    func oneVote() {
        for helpful in 0...40 {
            for unhelpful in 0...40 {
                let moved = quality(helpful + 1, unhelpful) - quality(helpful, unhelpful)
                #expect(moved >= 0 && moved <= 0.207, "\(helpful), \(unhelpful)")
            }
        }
    }

    @Test("A vote fades by half in thirty days and is gone after three hundred")
    func fading() {
        #expect(quality(2, 0, daysAgo: 30) == quality(1, 0))
        #expect(quality(8, 0, daysAgo: 90) == quality(1, 0))
        #expect(quality(1_000, 0, daysAgo: 300) > 0)
        #expect(quality(1_000, 0, daysAgo: 301) == 0)
        #expect(quality(1, 0, daysAgo: -5) == quality(1, 0))
    }
}
