import Dispatch
import Synchronization

/// How fast memory is read in order: the bound of any first pass over all vectors.
enum ReadBandwidth {
    /// Far more than the last cache of any machine this runs on.
    private static let byteCount = 1 << 30
    private static let rounds = 5
    /// What is read by one iteration: several loads that do not wait for each other.
    private static let lanes = 4

    /// The best of some rounds, each thread reading a part of its own.
    static func gigabytesASecond(threads: Int) -> Double {
        let words = UnsafeMutableBufferPointer<SIMD8<UInt64>>.allocate(
            capacity: byteCount / MemoryLayout<SIMD8<UInt64>>.stride)
        words.initialize(repeating: SIMD8(repeating: 1))
        defer { words.deallocate() }
        let part = words.count / threads / lanes * lanes
        let parts = (0..<threads).map { Part(words: UnsafeBufferPointer(rebasing: words[($0 * part)...].prefix(part))) }
        var best = 0.0
        for _ in 0..<rounds {
            let sums = Mutex(SIMD8<UInt64>.zero)
            let start = ContinuousClock.now
            DispatchQueue.concurrentPerform(iterations: threads) { number in
                let sum = parts[number].sum()
                sums.withLock { $0 &+= sum }
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            // Else the loop could be left out.
            precondition(sums.withLock { $0[0] } == UInt64(part * threads))
            let bytes = part * threads * MemoryLayout<SIMD8<UInt64>>.stride
            best = max(best, Double(bytes) / seconds / 1e9)
        }
        return best
    }

    /// `@unchecked Sendable` guard: nothing writes to the words while parts of them are read.
    private struct Part: @unchecked Sendable {
        let words: UnsafeBufferPointer<SIMD8<UInt64>>

        func sum() -> SIMD8<UInt64> {
            var sums = (SIMD8<UInt64>.zero, SIMD8<UInt64>.zero, SIMD8<UInt64>.zero, SIMD8<UInt64>.zero)
            for start in stride(from: 0, to: words.count, by: ReadBandwidth.lanes) {
                sums.0 &+= words[start]
                sums.1 &+= words[start + 1]
                sums.2 &+= words[start + 2]
                sums.3 &+= words[start + 3]
            }
            return sums.0 &+ sums.1 &+ sums.2 &+ sums.3
        }
    }
}
