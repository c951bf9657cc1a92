/// The rows of the greatest estimates so far, at least `limit` of them once so many were added.
///
/// A row is a key: its estimate above, its position's complement below, so that keys order by estimate and then by the
/// earlier position, and which rows are the best does not depend on the order in which they are added.
struct SignCandidates {
    /// Rows of a block take the lower bits of a position.
    static let rowBits = 12

    let limit: Int
    private var keys: [UInt64] = []

    init(limit: Int, reserve: Int) {
        self.limit = limit
        keys.reserveCapacity(2 * limit + reserve)
    }

    /// True when thinning out is due.
    var isFull: Bool { keys.count >= 2 * limit }

    mutating func add(estimate: Float, position: UInt32) {
        keys.append(UInt64(Self.ordered(estimate)) << 32 | UInt64(~position))
    }

    mutating func add(_ other: SignCandidates) {
        keys.append(contentsOf: other.keys)
    }

    /// Keeps the best `limit`, and returns the least estimate of them in order-keeping bits; 0 when there are fewer.
    mutating func thin() -> UInt32 {
        guard keys.count >= limit, limit > 0 else { return 0 }
        keys.withUnsafeMutableBufferPointer { Self.bringForward(limit, of: $0) }
        keys.removeSubrange(limit...)
        return UInt32(truncatingIfNeeded: keys[limit - 1] >> 32)
    }

    /// Of the kept rows, ascending.
    var positions: [UInt32] {
        var positions = keys.map { ~UInt32(truncatingIfNeeded: $0) }
        positions.sort()
        return positions
    }

    /// Bits that order as the estimates do; never 0.
    static func ordered(_ estimate: Float) -> UInt32 {
        let bits = estimate.bitPattern
        return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
    }

    /// The estimate of order-keeping bits; −∞ for 0.
    static func estimate(ordered: UInt32) -> Float {
        guard ordered > 0 else { return -.infinity }
        return Float(bitPattern: ordered & 0x8000_0000 == 0 ? ~ordered : ordered & 0x7FFF_FFFF)
    }

    /// Quickselect (Hoare, 1961): the greatest `count` keys come first, and the least of them last among these.
    private static func bringForward(_ count: Int, of keys: UnsafeMutableBufferPointer<UInt64>) {
        var (low, high) = (0, keys.count - 1)
        let target = count - 1
        while low < high {
            let (a, b, c) = (keys[low], keys[(low + high) / 2], keys[high])
            let pivot = max(min(a, b), min(max(a, b), c))
            var (left, right) = (low, high)
            while left <= right {
                while keys[left] > pivot { left += 1 }
                while keys[right] < pivot { right -= 1 }
                guard left <= right else { break }
                keys.swapAt(left, right)
                left += 1
                right -= 1
            }
            if target <= right { high = right } else if target >= left { low = left } else { return }
        }
    }
}
