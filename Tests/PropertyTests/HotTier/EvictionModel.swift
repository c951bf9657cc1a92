import HotTier
import Knowledge

/// An eviction policy as one would write it on paper: plain arrays, searched from end to end.
protocol EvictionModel {
    init()
    /// In no order.
    var held: [Answer] { get }
    mutating func use(_ fingerprint: Fingerprint)
    mutating func remove(_ fingerprint: Fingerprint)
    /// Puts an answer in the place of one that is held.
    mutating func replace(with answer: Answer)
    mutating func insert(_ answer: Answer)
    /// Lets one answer go.
    mutating func evict() -> Answer?
}

extension EvictionModel {
    func answer(_ fingerprint: Fingerprint) -> Answer? { held.first { $0.fingerprint == fingerprint } }

    var byteCount: Int { held.reduce(0) { $0 + $1.byteCount } }

    mutating func get(_ fingerprint: Fingerprint, at now: Timestamp, validFrom: ChangeNumber) -> Answer? {
        guard let answer = answer(fingerprint) else { return nil }
        guard now < answer.expiresAt, answer.changeNumber >= validFrom else {
            remove(fingerprint)
            return nil
        }
        use(fingerprint)
        return answer
    }
}

func makeEvictionModel(_ policy: EvictionPolicy) -> any EvictionModel {
    switch policy {
    case .lru: LRUModel()
    case .s3fifo: S3FIFOModel()
    case .sieve: SieveModel()
    }
}
