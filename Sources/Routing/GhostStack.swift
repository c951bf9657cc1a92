/// The keys used last, without their values, which tells of each use how many other keys were used since the last.
///
/// That number is the *stack distance*: an LRU cache of `n` entries hits exactly the uses whose distance is below
/// `n`, so one pass tells the hits of every size at once (Mattson et al., 1970).
///
/// Each use takes the next position of a tape and marks it, and takes the mark off the position of the use before.
/// The marks behind a key's position are then the keys used since. They are bits, counted by a Fenwick tree over
/// words of 64: O(log n) a use. Beyond `capacity` keys the one with the oldest mark is forgotten. When the tape is at
/// its end, the marked keys move to its beginning in their order, which costs O(1) a use in the mean.
///
/// Invariant: the marked positions are exactly the values of `positionOfKey`, no more than `capacity`.
///
/// A value type; not synchronised.
package struct GhostStack: Sendable {
    /// Positions for each key held. More make moving the keys rarer and the tape larger.
    private static let positionsPerKey = 4

    package let capacity: Int
    /// Whether a key had to be forgotten: until then every distance is known.
    package private(set) var hasForgotten = false

    private var positionOfKey: [UInt64: Int32] = [:]
    private var keyAtPosition: [UInt64]
    private var marks: [UInt64]
    /// Fenwick tree of the numbers of marks in each word; `tree[i]` covers the words `i - (i & -i) ..< i`.
    private var tree: [Int32]
    private var nextPosition = 0
    /// No position before this one is marked.
    private var oldestPosition = 0

    /// - Parameter capacity: keys held at most, a positive multiple of 64.
    package init(capacity: Int) {
        self.capacity = capacity
        let positions = capacity * Self.positionsPerKey
        keyAtPosition = Array(repeating: 0, count: positions)
        marks = Array(repeating: 0, count: positions / UInt64.bitWidth)
        tree = Array(repeating: 0, count: marks.count + 1)
        positionOfKey.reserveCapacity(capacity + 1)
    }

    package var count: Int { positionOfKey.count }
    package var keys: some Sequence<UInt64> { positionOfKey.keys }

    /// Uses a key.
    ///
    /// - Returns: how many other keys were used since its last use; `nil` when it is not among those held.
    package mutating func use(_ key: UInt64) -> Int? {
        if nextPosition == keyAtPosition.count { rewind() }
        let held = count
        let position = nextPosition
        let previous = positionOfKey.updateValue(Int32(position), forKey: key)
        keyAtPosition[position] = key
        nextPosition += 1
        guard let previous else {
            mark(position)
            if count > capacity { forgetOldest() }
            return nil
        }
        let distance = held - marked(upTo: Int(previous))
        unmark(Int(previous))
        mark(position)
        return distance
    }

    private mutating func forgetOldest() {
        while !isMarked(oldestPosition) { oldestPosition += 1 }
        unmark(oldestPosition)
        positionOfKey[keyAtPosition[oldestPosition]] = nil
        hasForgotten = true
    }

    /// Moves the marked keys to the beginning of the tape.
    private mutating func rewind() {
        var kept = 0
        for position in oldestPosition..<nextPosition where isMarked(position) {
            keyAtPosition[kept] = keyAtPosition[position]
            positionOfKey[keyAtPosition[kept]] = Int32(kept)
            kept += 1
        }
        for index in marks.indices { marks[index] = 0 }
        for index in tree.indices { tree[index] = 0 }
        for position in 0..<kept { mark(position) }
        nextPosition = kept
        oldestPosition = 0
    }

    private func isMarked(_ position: Int) -> Bool { marks[position >> 6] & (1 << UInt64(position & 63)) != 0 }

    private mutating func mark(_ position: Int) {
        marks[position >> 6] |= 1 << UInt64(position & 63)
        add(1, toWord: position >> 6)
    }

    private mutating func unmark(_ position: Int) {
        marks[position >> 6] &= ~(1 << UInt64(position & 63))
        add(-1, toWord: position >> 6)
    }

    private mutating func add(_ change: Int32, toWord word: Int) {
        var index = word + 1
        while index < tree.count {
            tree[index] += change
            index += index & -index
        }
    }

    /// Marks at positions up to this one, itself included.
    private func marked(upTo position: Int) -> Int {
        var index = position >> 6
        let upTo = marks[index] & (UInt64.max >> UInt64(63 - position & 63))
        var total = Int32(upTo.nonzeroBitCount)
        while index > 0 {
            total += tree[index]
            index -= index & -index
        }
        return Int(total)
    }

    /// Walks the tape and the dictionary; false means a bug. For tests.
    package var isConsistent: Bool {
        let marked = keyAtPosition.indices.filter(isMarked)
        return marked.count == count && count <= capacity && (marked.first ?? oldestPosition) >= oldestPosition
            && marked.allSatisfy { positionOfKey[keyAtPosition[$0]] == Int32($0) }
            && marks.indices.allSatisfy { word in
                self.marked(upTo: word << 6 | 63) == marks[...word].reduce(0) { $0 + $1.nonzeroBitCount }
            }
    }
}
