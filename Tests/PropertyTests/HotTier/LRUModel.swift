import Knowledge

/// A list with the most recently used last.
struct LRUModel: EvictionModel {
    var held: [Answer] = []

    mutating func use(_ fingerprint: Fingerprint) {
        guard let answer = answer(fingerprint) else { return }
        replace(with: answer)
    }

    mutating func remove(_ fingerprint: Fingerprint) { held.removeAll { $0.fingerprint == fingerprint } }

    mutating func replace(with answer: Answer) {
        remove(answer.fingerprint)
        held.append(answer)
    }

    mutating func insert(_ answer: Answer) { held.append(answer) }

    mutating func evict() -> Answer? { held.removeFirst() }
}
