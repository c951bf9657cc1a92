/// SIEVE as in algorithm 1 of Zhang et al. (NSDI 2024): one list, one mark a key, one hand.
struct PlainSieve: ReplayedCache {
    private static let none = -1

    let capacity: Int
    private var count = 0
    private var isHeld: [Bool]
    private var isMarked: [Bool]
    private var newer: [Int]
    private var older: [Int]
    private var newest = Self.none
    private var oldest = Self.none
    private var hand = Self.none

    init(capacity: Int, distinctCount: Int) {
        self.capacity = capacity
        isHeld = Array(repeating: false, count: distinctCount)
        isMarked = isHeld
        newer = Array(repeating: Self.none, count: distinctCount)
        older = newer
    }

    mutating func ask(_ key: Int) -> Bool {
        if isHeld[key] {
            isMarked[key] = true
            return true
        }
        if count == capacity { evict() }
        insert(key)
        return false
    }

    private mutating func evict() {
        var victim = hand == Self.none ? oldest : hand
        while isMarked[victim] {
            isMarked[victim] = false
            victim = newer[victim] == Self.none ? oldest : newer[victim]
        }
        hand = newer[victim]
        if newer[victim] == Self.none { newest = older[victim] } else { older[newer[victim]] = older[victim] }
        if older[victim] == Self.none { oldest = newer[victim] } else { newer[older[victim]] = newer[victim] }
        isHeld[victim] = false
        count -= 1
    }

    private mutating func insert(_ key: Int) {
        isHeld[key] = true
        isMarked[key] = false
        (newer[key], older[key]) = (Self.none, newest)
        if newest == Self.none { oldest = key } else { newer[newest] = key }
        newest = key
        count += 1
    }
}
