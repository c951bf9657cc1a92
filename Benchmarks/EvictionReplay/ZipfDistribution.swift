import Foundation

/// Ranks 0..<count, of which rank r comes up in proportion to 1 / (r + 1)^exponent.
struct ZipfDistribution {
    /// At each rank, the share of all lower ranks and itself.
    private let cumulative: [Double]

    init(count: Int, exponent: Double) {
        var sum = 0.0
        let sums = (0..<count).map { rank in
            sum += pow(Double(rank + 1), -exponent)
            return sum
        }
        cumulative = sums.map { $0 / sum }
    }

    func draw(_ random: inout SplitMix64) -> Int {
        let point = Double.random(in: 0..<1, using: &random)
        var (low, high) = (0, cumulative.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > point { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
