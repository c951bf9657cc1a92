public import Knowledge

/// The items that a filtered search may find.
public struct ItemSelection: Sendable {
    /// Ascending, without repetitions.
    let ids: [Int64]
    /// Bit b of word w is set when the first id + 64 · w + b is in; empty where ids are too sparse for that.
    private let words: [UInt64]
    /// Ids at most this far apart on average get a bitmap: it takes no more memory than the ids.
    private static let bitmapSpacing: UInt64 = 64

    /// - Parameter ids: in any order, repetitions allowed.
    public init(_ ids: some Sequence<ItemID>) {
        var sorted = ids.map(\.rawValue)
        sorted.sort()
        var unique: [Int64] = []
        unique.reserveCapacity(sorted.count)
        for id in sorted where id != unique.last { unique.append(id) }
        self.ids = unique
        words = Self.bitmap(unique)
    }

    private static func bitmap(_ ids: [Int64]) -> [UInt64] {
        guard let first = ids.first, let last = ids.last else { return [] }
        let range = UInt64(bitPattern: last &- first)
        guard range / bitmapSpacing < UInt64(ids.count) else { return [] }
        var words = [UInt64](repeating: 0, count: Int(range / 64) + 1)
        for id in ids {
            let offset = Int(id &- first)
            words[offset >> 6] |= 1 << UInt64(offset & 63)
        }
        return words
    }

    public var count: Int { ids.count }

    public func contains(_ id: ItemID) -> Bool { contains(id.rawValue) }

    func contains(_ id: Int64) -> Bool {
        if !words.isEmpty {
            let offset = UInt64(bitPattern: id &- ids[0])
            return offset >> 6 < UInt64(words.count) && words[Int(offset >> 6)] & (1 << (offset & 63)) != 0
        }
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < ids.count && ids[low] == id
    }
}
