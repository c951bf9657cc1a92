/// A dictionary that knows in which order its entries were last used. A value type; not synchronised.
///
/// Entries lie in one array of slots, doubly linked by index from the most to the least recently used; a
/// dictionary finds the slot of a key. Look-up, insertion and removal are O(1). Free slots are chained
/// through `older` and used again, so the arrays never outgrow the largest number of entries held.
///
/// Inlinable, so that each module gets code made for its own keys and values.
///
/// Invariant: walking from `newest` along `older` meets each entry exactly once and ends at `oldest`.
public struct RecencyTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    @usableFromInline
    struct Slot: Sendable {
        @usableFromInline var key: Key
        @usableFromInline var value: Value?
        @usableFromInline var newer: Int32
        @usableFromInline var older: Int32

        @usableFromInline
        init(key: Key, value: Value, newer: Int32, older: Int32) {
            self.key = key
            self.value = value
            self.newer = newer
            self.older = older
        }
    }

    @usableFromInline static var none: Int32 { -1 }

    @usableFromInline var slots: [Slot] = []
    @usableFromInline var slotOfKey: [Key: Int32] = [:]
    @usableFromInline var newest: Int32 = -1
    @usableFromInline var oldest: Int32 = -1
    @usableFromInline var free: Int32 = -1

    @inlinable
    public init() {}

    @inlinable
    public var count: Int { slotOfKey.count }

    /// The entry whose last use is the longest ago.
    @inlinable
    public var leastRecent: (key: Key, value: Value)? {
        guard oldest != Self.none, let value = slots[Int(oldest)].value else { return nil }
        return (slots[Int(oldest)].key, value)
    }

    /// The value of `key`, without counting as a use.
    @inlinable
    public func peek(_ key: Key) -> Value? {
        slotOfKey[key].flatMap { slots[Int($0)].value }
    }

    /// Lets `change` see and replace the value of `key`, which becomes the most recently used.
    ///
    /// - Returns: what `change` returned, or `nil` when there is no such key.
    @inlinable
    public mutating func use<Result>(_ key: Key, _ change: (inout Value) -> Result) -> Result? {
        guard let index = slotOfKey[key], var value = slots[Int(index)].value else { return nil }
        let result = change(&value)
        slots[Int(index)].value = value
        moveToFront(index)
        return result
    }

    /// Adds or replaces; the entry becomes the most recently used.
    ///
    /// - Returns: the value replaced.
    @inlinable
    @discardableResult
    public mutating func insert(_ key: Key, _ value: Value) -> Value? {
        if let index = slotOfKey[key] {
            let replaced = slots[Int(index)].value
            slots[Int(index)].value = value
            moveToFront(index)
            return replaced
        }
        let index = takeSlot(key, value)
        slotOfKey[key] = index
        linkAtFront(index)
        return nil
    }

    @inlinable
    @discardableResult
    public mutating func remove(_ key: Key) -> Value? {
        guard let index = slotOfKey.removeValue(forKey: key) else { return nil }
        unlink(index)
        let value = slots[Int(index)].value
        // Cleared at once: an evicted answer must not live on in a free slot.
        slots[Int(index)].value = nil
        slots[Int(index)].older = free
        free = index
        return value
    }

    @inlinable
    public mutating func removeLeastRecent() -> (key: Key, value: Value)? {
        guard let last = leastRecent else { return nil }
        remove(last.key)
        return last
    }

    /// Entries from the most to the least recently used.
    public var entries: some Sequence<(key: Key, value: Value)> {
        sequence(state: newest) { [slots] index -> (key: Key, value: Value)? in
            guard index != Self.none, let value = slots[Int(index)].value else { return nil }
            let key = slots[Int(index)].key
            index = slots[Int(index)].older
            return (key, value)
        }
    }

    @inlinable
    mutating func takeSlot(_ key: Key, _ value: Value) -> Int32 {
        guard free != Self.none else {
            slots.append(Slot(key: key, value: value, newer: Self.none, older: Self.none))
            return Int32(slots.count - 1)
        }
        let index = free
        free = slots[Int(index)].older
        slots[Int(index)] = Slot(key: key, value: value, newer: Self.none, older: Self.none)
        return index
    }

    @inlinable
    mutating func moveToFront(_ index: Int32) {
        guard index != newest else { return }
        unlink(index)
        linkAtFront(index)
    }

    @inlinable
    mutating func linkAtFront(_ index: Int32) {
        slots[Int(index)].newer = Self.none
        slots[Int(index)].older = newest
        if newest != Self.none { slots[Int(newest)].newer = index }
        newest = index
        if oldest == Self.none { oldest = index }
    }

    @inlinable
    mutating func unlink(_ index: Int32) {
        let (newer, older) = (slots[Int(index)].newer, slots[Int(index)].older)
        if newer != Self.none { slots[Int(newer)].older = older } else { newest = older }
        if older != Self.none { slots[Int(older)].newer = newer } else { oldest = newer }
    }

    /// Walks the links and the dictionary; false means a bug. For tests.
    package var isConsistent: Bool {
        var seen = 0
        var index = newest
        var previous = Self.none
        while index != Self.none {
            guard slots[Int(index)].newer == previous, slots[Int(index)].value != nil,
                slotOfKey[slots[Int(index)].key] == index, seen < slotOfKey.count
            else { return false }
            seen += 1
            previous = index
            index = slots[Int(index)].older
        }
        return seen == slotOfKey.count && oldest == previous
    }
}
