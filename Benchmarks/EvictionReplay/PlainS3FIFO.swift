import Knowledge

/// S3-FIFO as in algorithm 1 of Yang et al. (SOSP 2023): a small queue of a tenth, a main queue, a queue of ghosts.
struct PlainS3FIFO: ReplayedCache {
    private let capacity: Int
    private let smallCapacity: Int
    private let mainCapacity: Int
    // Recency tables of which nothing is used again are first-in-first-out queues.
    private var small = RecencyTable<Int, Void>()
    private var main = RecencyTable<Int, Void>()
    private var ghosts = RecencyTable<Int, Void>()
    private var uses: [Int]

    init(capacity: Int, distinctCount: Int) {
        self.capacity = capacity
        smallCapacity = max(1, capacity / 10)
        mainCapacity = capacity - smallCapacity
        uses = Array(repeating: 0, count: distinctCount)
    }

    mutating func ask(_ key: Int) -> Bool {
        if small.peek(key) != nil || main.peek(key) != nil {
            uses[key] = min(3, uses[key] + 1)
            return true
        }
        while small.count + main.count >= capacity { evict() }
        uses[key] = 0
        if ghosts.remove(key) != nil { main.insert(key, ()) } else { small.insert(key, ()) }
        return false
    }

    private mutating func evict() {
        if small.count >= smallCapacity || main.count == 0 { evictFromSmall() } else { evictFromMain() }
    }

    private mutating func evictFromSmall() {
        while let (key, _) = small.removeLeastRecent() {
            guard uses[key] > 1 else {
                ghosts.insert(key, ())
                if ghosts.count > mainCapacity { _ = ghosts.removeLeastRecent() }
                return
            }
            uses[key] = 0
            main.insert(key, ())
            if main.count > mainCapacity { evictFromMain() }
        }
    }

    private mutating func evictFromMain() {
        while let (key, _) = main.removeLeastRecent() {
            guard uses[key] > 0 else { return }
            uses[key] -= 1
            main.insert(key, ())
        }
    }
}
