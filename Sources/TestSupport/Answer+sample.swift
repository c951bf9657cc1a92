public import Knowledge

extension Answer {
    /// An answer to `text` with the given fields, and plausible ones elsewhere.
    public static func sample(
        _ text: String = "why does npm hang", tenant: Tenant = .default, fingerprint: Fingerprint? = nil,
        changeNumber: ChangeNumber = ChangeNumber(1), expiresAt: Timestamp = Timestamp(milliseconds: .max / 2),
        quality: Double = 0.7, fragment: [UInt8] = Array(#""results":[],"response":null"#.utf8), topK: Int = 5,
        resultCount: Int = 1, footprint: Footprint? = nil
    ) -> Answer {
        let key = QuestionKey(Question(text: text, topK: topK), tenant: tenant, encoder: "e", rankingEpoch: 1)
        return Answer(
            tenant: tenant, fingerprint: fingerprint ?? Fingerprint(sampleFor: key), key: key,
            changeNumber: changeNumber, computedAt: Timestamp(milliseconds: 0), expiresAt: expiresAt,
            quality: quality, resultCount: resultCount, itemsSearched: 10, fragment: fragment, footprint: footprint)
    }
}

extension Fingerprint {
    /// An unkeyed stand-in (FNV-1a, twice) for the fingerprint that a store would give.
    public init(sampleFor key: QuestionKey) {
        func hash(_ basis: UInt64) -> UInt64 {
            key.bytes.reduce(basis) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        }
        self.init(high: hash(0xCBF2_9CE4_8422_2325), low: hash(0x8422_2325_CBF2_9CE4))
    }
}
