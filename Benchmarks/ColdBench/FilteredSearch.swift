import ColdTier
import Knowledge

/// How long searches take that only some of the items pass, and how much of what an exact search gives they find.
struct FilteredSearch: Encodable {
    let items: Int
    /// One in so many items passes.
    let filteredOneIn: Int
    let p50Ms: Double
    /// Of what an exact search of the same items gives, with its ties.
    let recallRanked: Double

    private static let questionCount = 200
    /// Scatters the items that pass; odd and far from any power of two.
    private static let scatter = 0x9E37_79B1

    /// - Parameters:
    ///   - exact: an exact index of the same base.
    ///   - oneIn: of the items, chosen by a hash of their numbers.
    init(_ index: AskedIndex, exact: AskedIndex, _ questions: [[Float]], items: Int, oneIn: Int) throws {
        let passing = (0..<items).filter { $0 &* Self.scatter >> 7 % oneIn == 0 }
        let selection = ItemSelection(passing.map { ItemID(Int64($0)) })
        var milliseconds: [Double] = []
        var found = 0
        var wanted = 0
        for question in questions.prefix(Self.questionCount) {
            let start = ContinuousClock.now
            let answer = try index.answer(question, threads: 1, allowed: selection)
            milliseconds.append((ContinuousClock.now - start) / .milliseconds(1))
            let expected = try exact.answer(question, threads: 1, allowed: selection)
            found += Set(answer).intersection(expected).count
            wanted += expected.count
        }
        self.items = items
        filteredOneIn = oneIn
        p50Ms = milliseconds.sorted()[milliseconds.count / 2]
        recallRanked = Double(found) / Double(max(wanted, 1))
    }
}
