import Knowledge

/// A list with the newest last, a mark on each answer, and the position that the hand points at.
struct SieveModel: EvictionModel {
    private var list: [(answer: Answer, isMarked: Bool)] = []
    private var hand = 0

    var held: [Answer] { list.map(\.answer) }

    private func position(_ fingerprint: Fingerprint) -> Int? {
        list.firstIndex { $0.answer.fingerprint == fingerprint }
    }

    mutating func use(_ fingerprint: Fingerprint) {
        guard let position = position(fingerprint) else { return }
        list[position].isMarked = true
    }

    mutating func remove(_ fingerprint: Fingerprint) {
        guard let position = position(fingerprint) else { return }
        list.remove(at: position)
        if position < hand { hand -= 1 }
    }

    /// It becomes the newest of those on its side of the hand.
    mutating func replace(with answer: Answer) {
        guard let position = position(answer.fingerprint) else { return }
        let wasPassed = position < hand
        remove(answer.fingerprint)
        list.insert((answer, true), at: wasPassed ? hand : list.count)
        if wasPassed { hand += 1 }
    }

    mutating func insert(_ answer: Answer) {
        if hand == list.count { hand = 0 }
        list.append((answer, false))
    }

    mutating func evict() -> Answer? {
        if hand == list.count { hand = 0 }
        guard list[hand].isMarked else { return list.remove(at: hand).answer }
        list[hand].isMarked = false
        hand += 1
        return nil
    }
}
