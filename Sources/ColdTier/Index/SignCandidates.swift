/// The rows of the greatest estimates so far: at least `limit` of them, once so many were added.
///
/// A row is a key: its estimate in the upper bits, its position's complement in the lower, so that keys order by estimate
/// and then by the earlier position, and which rows are the best does not depend on the order in which they are added.
///
/// Estimates are counted in bins as they come. `floor`, which rows must reach that are still worth adding, is the lower edge
/// of the bin below the bins that hold `limit` of them: it follows each row added, and costs next to nothing.
struct SignCandidates {
    /// Rows of a block take the lower bits of a position.
    static let rowBits = 12
    /// A row's estimate is rarely further from 0.
    private static let range: Float = 1.25
    private static let binCount = 1_024
    private static let binsPerUnit = Float(binCount) / (2 * range)
    /// What rounding may put an estimate below the edge of its bin.
    private static let edgeMargin: Float = 1e-5
    /// Keys kept until they are thinned out, in candidates wanted; enough that it is hardly ever done before the end.
    private static let capacityFactor = 8
    /// Parts of the keys' range that are told apart without sorting.
    private static let sortingBinCount = 512

    let limit: Int
    private var count = 0
    private var keys: [UInt64]
    /// How many were added since the beginning, by estimate; empty where none are counted.
    private var bins: [Int32]
    /// All bins above this one together hold fewer than `limit`.
    private var floorBin = 0
    private var countAbove = 0

    /// - Parameters:
    ///   - reserve: keys that may be added between two looks at `isFull`.
    ///   - counts: whether there is a floor.
    init(limit: Int, reserve: Int, counts: Bool) {
        self.limit = limit
        keys = Array(repeating: 0, count: Self.capacityFactor * limit + reserve)
        bins = Array(repeating: 0, count: counts ? Self.binCount : 0)
    }

    /// True when thinning out is due.
    var isFull: Bool { count >= Self.capacityFactor * limit }

    /// −∞ while there are fewer than `limit`.
    var floor: Float {
        floorBin == 0 ? -.infinity : Float(floorBin) / Self.binsPerUnit - Self.range - Self.edgeMargin
    }

    /// Adds rows of a block that pass `isAllowed`. At most `reserve` since the last look at `isFull`.
    mutating func add(
        rows: UnsafeBufferPointer<UInt32>, estimates: UnsafePointer<Float>, from firstPosition: UInt32,
        where isAllowed: (UInt32) -> Bool
    ) {
        var (count, floorBin, countAbove) = (self.count, self.floorBin, self.countAbove)
        keys.withUnsafeMutableBufferPointer { keys in
            bins.withUnsafeMutableBufferPointer { bins in
                for place in 0..<rows.count where isAllowed(rows[place]) {
                    let estimate = estimates[place]
                    keys[count] = Self.key(estimate, position: firstPosition + rows[place])
                    count += 1
                    let bin = Self.bin(of: estimate)
                    bins[bin] += 1
                    guard bin > floorBin else { continue }
                    countAbove += 1
                    while countAbove >= limit {
                        floorBin += 1
                        countAbove -= Int(bins[floorBin])
                    }
                }
            }
        }
        (self.count, self.floorBin, self.countAbove) = (count, floorBin, countAbove)
    }

    mutating func removeAll() { count = 0 }

    /// Adds those of another's keys that reach `floor`.
    mutating func add(_ other: SignCandidates, above floor: Float) {
        let least = Self.key(floor, position: .max)
        for key in other.keys[..<other.count] where key >= least {
            if count == keys.count { thin() }
            keys[count] = key
            count += 1
        }
    }

    /// Keeps the best `limit`.
    ///
    /// Counts the keys of each bin of the range, keeps the bins above the one in which the limit falls, and sorts that.
    mutating func thin() {
        guard count > limit, limit > 0 else { return }
        var kept = 0
        var edge: [UInt64] = []
        var bins = [Int32](repeating: 0, count: Self.sortingBinCount)
        keys.withUnsafeMutableBufferPointer { keys in
            var (low, high) = (UInt64.max, UInt64.min)
            for place in 0..<count { (low, high) = (min(low, keys[place]), max(high, keys[place])) }
            let width = UInt64.bitWidth - (high - low).leadingZeroBitCount
            let shift = UInt64(max(0, width - Self.sortingBinCount.trailingZeroBitCount))
            for place in 0..<count { bins[Int((keys[place] - low) >> shift)] += 1 }
            var bin = Self.sortingBinCount
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
        count = limit
    }

    /// Of the rows added and kept, in no order.
    var positions: [UInt32] { keys[..<count].map { ~UInt32(truncatingIfNeeded: $0) } }

    // MARK: Numbers that order as estimates do

    private static func bin(of estimate: Float) -> Int {
        Int(min(max((estimate + range) * binsPerUnit, 0), Float(binCount - 1)))
    }

    private static let signBit: UInt32 = 0x8000_0000

    private static func key(_ estimate: Float, position: UInt32) -> UInt64 {
        UInt64(UInt32(bitPattern: ordered(estimate)) ^ signBit) << 32 | UInt64(~position)
    }

    /// A number that orders as the estimates do: a float's bits, those below the sign flipped where it is negative.
    static func ordered(_ estimate: Float) -> Int32 {
        let bits = Int32(bitPattern: estimate.bitPattern)
        return bits ^ (bits >> 31 & .max)
    }

    static func estimate(ordered: Int32) -> Float {
        Float(bitPattern: UInt32(bitPattern: ordered ^ (ordered >> 31 & .max)))
    }
}
