import Knowledge

/// An answer for each key of a trace, with next to nothing in it.
struct SampleAnswers {
    private let answers: [Answer]

    init(count: Int) {
        answers = (0..<count).map { number in
            Answer(
                tenant: .default,
                fingerprint: Fingerprint(
                    high: SplitMix64.mix(UInt64(number) &* 2), low: SplitMix64.mix(UInt64(number) &* 2 &+ 1)),
                key: QuestionKey(bytes: Array(String(number).utf8)), changeNumber: ChangeNumber(1),
                computedAt: Timestamp(milliseconds: 0), expiresAt: Timestamp(milliseconds: .max), quality: 0.7,
                resultCount: 1, itemsSearched: 1, fragment: [])
        }
    }

    subscript(key: Int) -> Answer { answers[key] }
}
