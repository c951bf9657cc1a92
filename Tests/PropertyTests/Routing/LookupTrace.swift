import Foundation
import Knowledge
import TestSupport

/// A made-up sequence of look-ups, the same for the same seed.
struct LookupTrace: Sendable, CustomStringConvertible {
    enum Shape: Sendable {
        /// Keys of rank r are asked with a probability proportional to r^−exponent.
        case zipf(exponent: Double)
        /// As Zipf 0.99, but now and then many keys that are never asked again, one after the other.
        case scans
        /// As Zipf 0.99, but which keys are popular changes from time to time.
        case shifting
        /// As Zipf 0.99, mixed with a loop over a tenth of as many other keys.
        case loop
    }

    let shape: Shape
    let keys: Int
    let lookups: Int

    var description: String { "\(shape) over \(keys) keys, \(lookups) look-ups" }

    /// Look-ups after which another key is the most popular.
    private var shiftInterval: Int { lookups / 5 }
    /// Of this many look-ups, the last tenth is a scan.
    private static let scanInterval = 50_000

    func numbers(seed: UInt64) -> [UInt64] {
        var generator = SeededGenerator(seed: seed)
        let sampler = ZipfSampler(exponent: exponent, count: keys)
        return (0..<lookups).map { index in
            let rank = sampler.rank(&generator)
            switch shape {
            case .zipf: return UInt64(rank)
            case .scans:
                let isScan = index % Self.scanInterval >= Self.scanInterval / 10 * 9
                return UInt64(isScan ? keys + index : rank)
            case .shifting: return UInt64((rank + index / shiftInterval * (keys / 7)) % keys)
            case .loop:
                let isLoop = Int.random(in: 0..<4, using: &generator) == 0
                return UInt64(isLoop ? keys + index / 4 % (keys / 10) : rank)
            }
        }
    }

    private var exponent: Double {
        if case .zipf(let exponent) = shape { exponent } else { 0.99 }
    }
}

/// Draws ranks from 0 with a probability proportional to (rank + 1)^−exponent.
struct ZipfSampler: Sendable {
    private let cumulative: [Double]

    init(exponent: Double, count: Int) {
        var total = 0.0
        cumulative = (1...count).map { rank in
            total += pow(Double(rank), -exponent)
            return total
        }
    }

    func rank(_ generator: inout SeededGenerator) -> Int {
        let drawn = Double.random(in: 0..<cumulative[cumulative.count - 1], using: &generator)
        var (low, high) = (0, cumulative.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > drawn { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension Fingerprint {
    /// The fingerprint of a numbered question, evenly spread as real ones are.
    init(question number: UInt64, seed: UInt64) {
        var hash = SeededGenerator(seed: number &* 0x9E37_79B9_7F4A_7C15 ^ seed)
        self.init(high: hash.next(), low: hash.next())
    }
}
