import Knowledge

/// W-TinyLFU of Einziger, Friedman, Manes (ACM TOS 2017): an LRU window of 1 %, behind it a segmented LRU that takes a
/// key in only if it came up more often than the one that would have to go.
struct WTinyLFU: ReplayedCache {
    private let windowCapacity: Int
    private let mainCapacity: Int
    private let protectedCapacity: Int
    private var sketch: FrequencySketch
    private var window = RecencyTable<Int, Void>()
    private var probation = RecencyTable<Int, Void>()
    private var protected = RecencyTable<Int, Void>()

    init(capacity: Int) {
        windowCapacity = max(1, capacity / 100)
        mainCapacity = capacity - windowCapacity
        protectedCapacity = mainCapacity * 8 / 10
        sketch = FrequencySketch(capacity: capacity)
    }

    mutating func ask(_ key: Int) -> Bool {
        sketch.add(key)
        if window.use(key, { _ in }) != nil || protected.use(key, { _ in }) != nil { return true }
        if probation.remove(key) != nil {
            protected.insert(key, ())
            if protected.count > protectedCapacity, let (demoted, _) = protected.removeLeastRecent() {
                probation.insert(demoted, ())
            }
            return true
        }
        window.insert(key, ())
        if window.count > windowCapacity, let (candidate, _) = window.removeLeastRecent() { compete(candidate) }
        return false
    }

    private mutating func compete(_ candidate: Int) {
        if probation.count + protected.count < mainCapacity {
            probation.insert(candidate, ())
            return
        }
        guard let victim = probation.leastRecent?.key, sketch.estimate(candidate) > sketch.estimate(victim) else {
            return
        }
        probation.remove(victim)
        probation.insert(candidate, ())
    }
}
