/// What a store hashes by: questions' fingerprints by the one, issues and words by the other.
struct StoreSecrets: Sendable {
    let fingerprint: [UInt8]
    let index: IndexSecret

    /// Both behind one another; `nil` for any other number of bytes.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 2 * IndexSecret.byteCount, let index = IndexSecret(bytes[IndexSecret.byteCount...]) else {
            return nil
        }
        fingerprint = Array(bytes[..<IndexSecret.byteCount])
        self.index = index
    }

    private init(fingerprint: [UInt8], index: IndexSecret) {
        self.fingerprint = fingerprint
        self.index = index
    }

    static func random() -> StoreSecrets {
        StoreSecrets(fingerprint: IndexSecret.randomBytes(), index: .random())
    }

    var bytes: [UInt8] { fingerprint + index.bytes }
}
