import Knowledge

/// The least recently used goes.
struct PlainLRU: ReplayedCache {
    let capacity: Int
    private var keys = RecencyTable<Int, Void>()

    init(capacity: Int) { self.capacity = capacity }

    mutating func ask(_ key: Int) -> Bool {
        let isHit = keys.insert(key, ()) != nil
        if keys.count > capacity { _ = keys.removeLeastRecent() }
        return isHit
    }
}
