import Synchronization

/// How many answers the warm tier keeps at most; may change while it runs. Any thread.
final class WarmCapacity: Sendable {
    private let limit: Atomic<Int>

    init(_ limit: Int) {
        self.limit = Atomic(limit)
    }

    var value: Int {
        get { limit.load(ordering: .relaxed) }
        set { limit.store(newValue, ordering: .relaxed) }
    }
}
