import HotTier
import Knowledge

/// A policy on paper with pins beside it: pinned answers lie in a list of their own that nothing is evicted from.
struct PinnedModel {
    private var queues: any EvictionModel
    private let capacity: Int
    private let maximumBytes: Int
    private var pins: Set<Fingerprint> = []
    private(set) var pinned: [Answer] = []

    init(_ policy: EvictionPolicy, capacity: Int, maximumBytes: Int) {
        queues = makeEvictionModel(policy)
        self.capacity = capacity
        self.maximumBytes = maximumBytes
    }

    /// In no order.
    var held: [Answer] { queues.held + pinned }

    private var pinnedBytes: Int { pinned.reduce(0) { $0 + $1.byteCount } }

    private func isHeld(_ answer: Answer) -> Bool {
        pins.contains(answer.fingerprint) && pinnedBytes + answer.byteCount <= maximumBytes / 2
    }

    mutating func get(_ fingerprint: Fingerprint, at now: Timestamp, validFrom: ChangeNumber) -> Answer? {
        guard let answer = pinned.first(where: { $0.fingerprint == fingerprint }) else {
            return queues.get(fingerprint, at: now, validFrom: validFrom)
        }
        guard now < answer.expiresAt, answer.changeNumber >= validFrom else {
            remove(fingerprint)
            return nil
        }
        return answer
    }

    mutating func remove(_ fingerprint: Fingerprint) {
        pinned.removeAll { $0.fingerprint == fingerprint }
        queues.remove(fingerprint)
    }

    /// False when there are too many pins.
    mutating func pin(_ fingerprint: Fingerprint) -> Bool {
        if pins.contains(fingerprint) { return true }
        guard pins.count < capacity / 2 else { return false }
        pins.insert(fingerprint)
        if let answer = queues.answer(fingerprint), isHeld(answer) {
            queues.remove(fingerprint)
            pinned.append(answer)
        }
        return true
    }

    mutating func unpin(_ fingerprint: Fingerprint) -> Bool {
        guard pins.remove(fingerprint) != nil else { return false }
        if let index = pinned.firstIndex(where: { $0.fingerprint == fingerprint }) {
            queues.insert(pinned.remove(at: index))
        }
        return true
    }

    /// - Returns: what was evicted, in order; `nil` when the answer was refused.
    mutating func admit(_ answer: Answer) -> [Answer]? {
        guard capacity > 0, answer.byteCount <= maximumBytes - pinnedBytes else { return nil }
        if let index = pinned.firstIndex(where: { $0.fingerprint == answer.fingerprint }) {
            pinned.remove(at: index)
            if isHeld(answer) { pinned.append(answer) } else { queues.insert(answer) }
            return makeRoom()
        }
        if queues.answer(answer.fingerprint) != nil {
            if isHeld(answer) {
                queues.remove(answer.fingerprint)
                pinned.append(answer)
            } else {
                queues.replace(with: answer)
            }
            return makeRoom()
        }
        let evicted = makeRoom(for: answer)
        if isHeld(answer) { pinned.append(answer) } else { queues.insert(answer) }
        return evicted
    }

    private mutating func makeRoom(for newcomer: Answer? = nil) -> [Answer] {
        var evicted: [Answer] = []
        while held.count + (newcomer == nil ? 0 : 1) > capacity
            || held.reduce(0, { $0 + $1.byteCount }) + (newcomer?.byteCount ?? 0) > maximumBytes
        {
            if let victim = queues.evict() { evicted.append(victim) }
        }
        return evicted
    }
}
