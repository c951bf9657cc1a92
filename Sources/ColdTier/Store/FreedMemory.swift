import Foundation

/// What the C library's allocator has been given back and still keeps.
enum FreedMemory {
    /// Gives whole free pages of it to the system, where the C library is glibc: milliseconds, in which others may have to wait
    /// for memory. For after work that took much at once, which else stays with the process for ever.
    static func giveBack() {
        guard let symbol = dlsym(nil, "malloc_trim") else { return }
        typealias Trim = @convention(c) (_ keptBytes: Int) -> Int32
        _ = unsafeBitCast(symbol, to: Trim.self)(0)
    }
}
