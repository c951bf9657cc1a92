import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Strictly increasing microseconds by Redis' clock: the order of use of answers.
///
/// Servers that share a Redis may disagree about the time; each corrects its own by what Redis said when it
/// connected, or the one that is behind would see its answers evicted first.
package final class RecencyClock: Sendable {
    private let offsetMicroseconds = Atomic<Int64>(0)
    private let latest = Atomic<Int64>(0)

    package init() {}

    package func synchronise(redisMicroseconds: Int64) {
        offsetMicroseconds.store(redisMicroseconds - Self.localMicroseconds(), ordering: .relaxed)
    }

    /// Now by Redis' clock, not made unique.
    package var nowMicroseconds: Int64 {
        Self.localMicroseconds() + offsetMicroseconds.load(ordering: .relaxed)
    }

    /// Later than every tick before it.
    package func tick() -> Int64 {
        let now = nowMicroseconds
        var seen = latest.load(ordering: .relaxed)
        while true {
            let next = max(now, seen + 1)
            let (exchanged, original) = latest.weakCompareExchange(expected: seen, desired: next, ordering: .relaxed)
            if exchanged { return next }
            seen = original
        }
    }

    private static func localMicroseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
