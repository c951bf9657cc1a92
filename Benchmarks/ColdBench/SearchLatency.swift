/// How long questions take that are asked one after the other, and what they got. As `peers.py` measures peers.
struct SearchLatency {
    private(set) var milliseconds: [Double] = []
    private(set) var answers: [[Int]] = []

    private static let warmingQuestions = 30
    /// Over all questions, or as many as fit into this.
    private static let limit = Duration.seconds(10)
    private static let leastQuestions = 100

    init(_ index: AskedIndex, _ questions: [[Float]], threads: Int) throws {
        for question in questions.suffix(Self.warmingQuestions) { _ = try index.answer(question, threads: threads) }
        let began = ContinuousClock.now
        for question in questions {
            let start = ContinuousClock.now
            let answer = try index.answer(question, threads: threads)
            milliseconds.append((ContinuousClock.now - start) / .milliseconds(1))
            answers.append(answer)
            if answers.count >= Self.leastQuestions, ContinuousClock.now - began > Self.limit { break }
        }
    }

    func quantile(_ fraction: Double) -> Double {
        milliseconds.sorted()[min(milliseconds.count - 1, Int(fraction * Double(milliseconds.count)))]
    }
}
