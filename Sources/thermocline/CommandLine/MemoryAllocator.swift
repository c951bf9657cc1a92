import Foundation

/// The C library's allocator, where that is glibc: told to give back what a burst of work has left.
///
/// As it is by default, a server that had taken in a GiB of knowledge kept some 60 MiB more than it used. It makes eight
/// pools a core, each of which keeps what its threads once needed. And when a large allocation is freed it raises, up to
/// 32 MiB, the size from which allocations are given back at once, and lets each pool keep twice that at its end: a block
/// of vectors, of 8 MiB, is enough for it.
enum MemoryAllocator {
    /// Options of glibc's malloc.h, which Swift's module of the C library leaves out.
    private enum Option: Int32 {
        case trimThreshold = -1
        case mapThreshold = -3
        case maximumArenas = -8
    }

    /// More than a question allocates at once, less than the words of a long item. It is glibc's own to begin with.
    private static let mapThresholdBytes: Int32 = 128 << 10
    /// What a pool keeps at its end: more than a question needs in all, so that questions do not ask the system for memory.
    private static let trimThresholdBytes: Int32 = 1 << 20

    /// To be called first: pools that there are stay. Does nothing with another C library.
    static func keepLittle() {
        guard let symbol = dlsym(nil, "mallopt") else { return }
        typealias SetOption = @convention(c) (Int32, Int32) -> Int32
        let set = unsafeBitCast(symbol, to: SetOption.self)
        let arenas = Int32(clamping: max(2, ProcessInfo.processInfo.activeProcessorCount))
        for (option, value) in [
            (Option.maximumArenas, arenas), (.mapThreshold, mapThresholdBytes), (.trimThreshold, trimThresholdBytes),
        ] { _ = set(option.rawValue, value) }
    }
}
