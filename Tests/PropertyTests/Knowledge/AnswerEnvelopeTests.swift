import Knowledge
import Testing

@Suite("The envelope of an answer")
struct AnswerEnvelopeTests {
    /// Fixed, so that a failure can be repeated; printed with every failure.
    private static let seed: UInt64 = 0x5EED_0A25

    @Test("What is decoded is what was encoded")
    func roundTrip() throws {
        var random = SplitMix(seed: Self.seed)
        for round in 0..<2_000 {
            let answer = Self.answer(&random)
            let bytes = try #require(AnswerEnvelope.encode(answer))
            let decoded = try #require(AnswerEnvelope.decode(bytes), "seed \(Self.seed), round \(round)")
            #expect(Self.isSame(decoded, answer), "seed \(Self.seed), round \(round)")
        }
    }

    @Test("A changed, cut, lengthened or shuffled envelope is no answer")
    func mutations() throws {
        var random = SplitMix(seed: Self.seed)
        for round in 0..<20_000 {
            let answer = Self.answer(&random)
            let whole = try #require(AnswerEnvelope.encode(answer))
            var bytes = whole
            switch round % 5 {
            case 0:
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
            case 2: bytes.append(contentsOf: Self.bytes(1...40, &random))
            case 3:
                for _ in 0..<8 {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
            default: bytes.removeFirst(Int.random(in: 1...bytes.count, using: &random))
            }
            guard bytes != whole else { continue }
            #expect(AnswerEnvelope.decode(bytes) == nil, "seed \(Self.seed), round \(round)")
        }
    }

    @Test("Random bytes are no answer, with or without the beginning of one")
    func garbage() throws {
        var random = SplitMix(seed: Self.seed)
        let head = try #require(AnswerEnvelope.encode(Self.answer(&random))).prefix(8)
        for round in 0..<20_000 {
            let bytes = (round % 2 == 0 ? [] : Array(head)) + Self.bytes(0...300, &random)
            #expect(AnswerEnvelope.decode(bytes) == nil, "seed \(Self.seed), round \(round)")
        }
    }

    @Test("An answer larger than an envelope may be is not encoded")
    func bounds() throws {
        var random = SplitMix(seed: Self.seed)
        let small = Self.answer(&random)
        let frame = try #require(AnswerEnvelope.encode(Self.copy(small, fragment: []))).count
        let most = AnswerEnvelope.maximumByteCount - frame
        let largest = try #require(
            AnswerEnvelope.encode(Self.copy(small, fragment: [UInt8](repeating: 1, count: most))))
        #expect(AnswerEnvelope.decode(largest)?.fragment.count == most)
        #expect(AnswerEnvelope.encode(Self.copy(small, fragment: [UInt8](repeating: 1, count: most + 1))) == nil)
    }

    private static func answer(_ random: inout SplitMix) -> Answer {
        let tenants = [Tenant.default] + ["a", "acme-1", String(repeating: "t", count: 63)].compactMap { Tenant($0) }
        return Answer(
            tenant: tenants[Int.random(in: 0..<tenants.count, using: &random)],
            fingerprint: Fingerprint(high: random.next(), low: random.next()),
            key: QuestionKey(bytes: bytes(0...120, &random)),
            changeNumber: ChangeNumber(Int64.random(in: .min ... .max, using: &random)),
            computedAt: Timestamp(milliseconds: Int64.random(in: .min ... .max, using: &random)),
            expiresAt: Timestamp(milliseconds: Int64.random(in: .min ... .max, using: &random)),
            quality: [0, 1, 0.8125, Double.random(in: 0...1, using: &random)][Int.random(in: 0..<4, using: &random)],
            resultCount: Int.random(in: 0...20, using: &random),
            itemsSearched: Int.random(in: 0 ... .max, using: &random), fragment: bytes(0...600, &random),
            footprint: Bool.random(using: &random) ? nil : footprint(&random),
            validThrough: ChangeNumber(Int64.random(in: .min ... .max, using: &random)),
            isVotedUnhelpful: Bool.random(using: &random))
    }

    private static func footprint(_ random: inout SplitMix) -> Footprint {
        func hashes(_ count: ClosedRange<Int>) -> [UInt64] {
            (0..<Int.random(in: count, using: &random)).map { _ in random.next() }
        }
        let vector = Footprint.VectorList(
            codes: bytes(0...400, &random).map { Int8(bitPattern: $0) }, scale: 0.01, residualNorm: 0.004,
            minimumSimilarity: Double.random(in: -1...1, using: &random),
            entryScore: Bool.random(using: &random) ? -.infinity : Double.random(in: -1...1, using: &random))
        let words = Footprint.WordList(
            terms: hashes(0...64).map { Footprint.Term(hash: $0, inverseFrequency: Double($0 % 100) / 7) },
            averageLength: Double.random(in: 1...100, using: &random),
            entryScore: Double.random(in: 0...30, using: &random),
            postingRoom: Int.random(in: 0...32_000, using: &random))
        return Footprint(
            category: Bool.random(using: &random) ? nil : random.next(), tags: hashes(0...4),
            candidates: hashes(0...100).map { ItemID(Int64(bitPattern: $0)) },
            vector: Bool.random(using: &random) ? nil : vector, words: Bool.random(using: &random) ? nil : words)
    }

    private static func copy(_ answer: Answer, fragment: [UInt8]) -> Answer {
        Answer(
            tenant: answer.tenant, fingerprint: answer.fingerprint, key: answer.key, changeNumber: answer.changeNumber,
            computedAt: answer.computedAt, expiresAt: answer.expiresAt, quality: answer.quality,
            resultCount: answer.resultCount, itemsSearched: answer.itemsSearched, fragment: fragment,
            footprint: answer.footprint, validThrough: answer.validThrough)
    }

    private static func bytes(_ count: ClosedRange<Int>, _ random: inout SplitMix) -> [UInt8] {
        (0..<Int.random(in: count, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private static func isSame(_ a: Answer, _ b: Answer) -> Bool {
        a.tenant == b.tenant && a.fingerprint == b.fingerprint && a.key == b.key && a.changeNumber == b.changeNumber
            && a.computedAt == b.computedAt && a.expiresAt == b.expiresAt
            && a.quality.bitPattern == b.quality.bitPattern && a.resultCount == b.resultCount
            && a.itemsSearched == b.itemsSearched && a.fragment == b.fragment
            && a.footprint == b.footprint && a.validThrough == b.validThrough
            && a.isVotedUnhelpful == b.isVotedUnhelpful
    }
}

/// Steele, Lea and Flood's SplitMix64: the same numbers for the same seed on every machine.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
