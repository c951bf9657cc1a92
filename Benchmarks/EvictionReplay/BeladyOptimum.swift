/// The most hits that any cache of the size could have, knowing the future.
///
/// What is asked for again last goes, and if that is the newcomer, it does not come in (Belady, IBM Systems Journal
/// 1966, with bypass: some of the policies compared may refuse a newcomer too).
struct BeladyOptimum {
    /// A held key by its next use; the heap's root is the latest. Outdated ones stay until they surface.
    private var heap: [(nextUse: Int, key: Int)] = []
    private var nextUse: [Int]

    static func hitRatio(of trace: Trace, capacity: Int) -> Double {
        var cache = BeladyOptimum(distinctCount: trace.distinctCount)
        return Double(cache.hits(trace, capacity)) / Double(trace.requests.count)
    }

    private static let notHeld = -1

    private init(distinctCount: Int) {
        nextUse = Array(repeating: Self.notHeld, count: distinctCount)
    }

    private mutating func hits(_ trace: Trace, _ capacity: Int) -> Int {
        let following = Self.followingUses(trace)
        var (hits, count) = (0, 0)
        for (position, key) in trace.requests.enumerated() {
            let isHit = nextUse[key] != Self.notHeld
            if isHit { hits += 1 }
            if !isHit, count == capacity {
                guard let latest = latestHeld(), latest.nextUse > following[position] else { continue }
                nextUse[latest.key] = Self.notHeld
                count -= 1
            }
            if !isHit { count += 1 }
            nextUse[key] = following[position]
            push((following[position], key))
        }
        return hits
    }

    /// For each request, the position of the next one for the same key; `Int.max` if there is none.
    private static func followingUses(_ trace: Trace) -> [Int] {
        var next = Array(repeating: Int.max, count: trace.distinctCount)
        var following = Array(repeating: Int.max, count: trace.requests.count)
        for (position, key) in trace.requests.enumerated().reversed() {
            following[position] = next[key]
            next[key] = position
        }
        return following
    }

    private mutating func latestHeld() -> (nextUse: Int, key: Int)? {
        while let root = heap.first {
            if nextUse[root.key] == root.nextUse { return root }
            removeRoot()
        }
        return nil
    }

    private mutating func push(_ entry: (nextUse: Int, key: Int)) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0, heap[(child - 1) / 2].nextUse < heap[child].nextUse {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func removeRoot() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            let children = (2 * parent + 1)..<min(2 * parent + 3, max(heap.count, 2 * parent + 1))
            guard let child = children.max(by: { heap[$0].nextUse < heap[$1].nextUse }),
                heap[child].nextUse > heap[parent].nextUse
            else { return }
            heap.swapAt(parent, child)
            parent = child
        }
    }
}
