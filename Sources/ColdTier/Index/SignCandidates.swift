/// The rows of the greatest estimates so far: at least `limit` of them, once so many were added.
///
/// A row is a key: its estimate in the upper bits, its position's complement in the lower, so that keys order by estimate
/// and then by the earlier position, and which rows are the best does not depend on the order in which they are added.
struct SignCandidates {
    /// Rows of a block take the lower bits of a position.
    static let rowBits = 12
    /// Parts of the estimates' range that are told apart without sorting.
    private static let binCount = 512

    let limit: Int
    private var count = 0
    private var keys: [UInt64]
    private var bins = [Int32](repeating: 0, count: Self.binCount)
    private var edge: [UInt64] = []

    /// - Parameter reserve: keys that may be added before `thin` is called again.
    init(limit: Int, reserve: Int) {
        self.limit = limit
        keys = Array(repeating: 0, count: 2 * limit + reserve)
    }

    /// True when thinning out is due.
    var isFull: Bool { count >= 2 * limit }

    /// Adds rows of a block that pass `isAllowed`. At most `reserve` since the last look at `isFull`.
    mutating func add(
        rows: UnsafeBufferPointer<UInt32>, estimates: UnsafePointer<Float>, from firstPosition: UInt32,
        where isAllowed: (UInt32) -> Bool
    ) {
        var count = self.count
        keys.withUnsafeMutableBufferPointer { keys in
            for place in 0..<rows.count where isAllowed(rows[place]) {
                keys[count] = Self.key(estimates[place], position: firstPosition + rows[place])
                count += 1
            }
        }
        self.count = count
    }

    mutating func removeAll() { count = 0 }

    mutating func add(_ other: SignCandidates) {
        keys.replaceSubrange(count..., with: other.keys[..<other.count])
        count = keys.count
    }

    /// Keeps the best `limit`, and returns the least estimate of them, `ordered`; `Int32.min` when there are fewer.
    ///
    /// Counts the keys of each bin of the range, keeps the bins above the one in which the limit falls, and sorts that.
    mutating func thin() -> Int32 {
        guard count >= limit, limit > 0 else { return .min }
        var kept = 0
        edge.removeAll(keepingCapacity: true)
        keys.withUnsafeMutableBufferPointer { keys in
            var (low, high) = (UInt64.max, UInt64.min)
            for place in 0..<count { (low, high) = (min(low, keys[place]), max(high, keys[place])) }
            let width = UInt64.bitWidth - (high - low).leadingZeroBitCount
            let shift = UInt64(max(0, width - Self.binCount.trailingZeroBitCount))
            for bin in 0..<Self.binCount { bins[bin] = 0 }
            for place in 0..<count { bins[Int((keys[place] - low) >> shift)] += 1 }
            var bin = Self.binCount
            var above = 0
            repeat {
                bin -= 1
                above += Int(bins[bin])
            } while above < limit
            for place in 0..<count {
                let key = keys[place]
                let keyBin = Int((key - low) >> shift)
                if keyBin == bin { edge.append(key) }
                // Written in any case and kept by counting: no branch to mispredict.
                keys[kept] = key
                kept += keyBin > bin ? 1 : 0
            }
            edge.sort(by: >)
            for place in 0..<limit - kept { keys[kept + place] = edge[place] }
        }
        let least = edge[limit - kept - 1]
        count = limit
        return Int32(bitPattern: UInt32(truncatingIfNeeded: least >> 32) ^ Self.signBit)
    }

    /// Of the rows added and kept, ascending.
    var positions: [UInt32] {
        var positions = keys[..<count].map { ~UInt32(truncatingIfNeeded: $0) }
        positions.sort()
        return positions
    }

    // MARK: Numbers that order as estimates do

    private static let signBit: UInt32 = 0x8000_0000

    private static func key(_ estimate: Float, position: UInt32) -> UInt64 {
        UInt64(UInt32(bitPattern: ordered(estimate)) ^ signBit) << 32 | UInt64(~position)
    }

    /// A number that orders as the estimates do: a float's bits, those below the sign flipped where it is negative.
    private static func ordered(_ estimate: Float) -> Int32 {
        let bits = Int32(bitPattern: estimate.bitPattern)
        return bits ^ (bits >> 31 & .max)
    }

    /// The estimate of an `ordered` number; −∞ for `Int32.min`.
    static func estimate(ordered: Int32) -> Float {
        ordered == .min ? -.infinity : Float(bitPattern: UInt32(bitPattern: ordered ^ (ordered >> 31 & .max)))
    }
}
