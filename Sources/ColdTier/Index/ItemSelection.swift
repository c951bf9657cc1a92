public import Knowledge

/// The items that a filtered search may find.
public struct ItemSelection: Sendable {
    /// Ascending, without repetitions.
    let ids: [Int64]

    /// - Parameter ids: in any order, repetitions allowed.
    public init(_ ids: some Sequence<ItemID>) {
        var sorted = ids.map(\.rawValue)
        sorted.sort()
        var unique: [Int64] = []
        unique.reserveCapacity(sorted.count)
        for id in sorted where id != unique.last { unique.append(id) }
        self.ids = unique
    }

    public var count: Int { ids.count }

    public func contains(_ id: ItemID) -> Bool { contains(id.rawValue) }

    func contains(_ id: Int64) -> Bool {
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < ids.count && ids[low] == id
    }
}
