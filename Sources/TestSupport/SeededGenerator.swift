import Foundation

/// A random number generator that repeats itself from a seed (SplitMix64), so that a failing history can be run again.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A seed for this run: `THERMOCLINE_SEED` to repeat one, else a fresh one. Printed, so that a failure names it.
    public static func announcedSeed(_ test: String = #function) -> UInt64 {
        let seed =
            ProcessInfo.processInfo.environment["THERMOCLINE_SEED"].flatMap { UInt64($0) }
            ?? UInt64.random(in: 1...(1 << 32))
        print("\(test): THERMOCLINE_SEED=\(seed)")
        return seed
    }
}
