import Synchronization

/// Some neighbouring rows' originals in memory, as a segment has them in one chunk.
///
/// `@unchecked Sendable` guard: `rows` is written before the chunk is given to anyone; `place` is read and written under
/// the lock of the `OriginalsCache` that has it; the source is set by `init` only.
final class OriginalsChunk: @unchecked Sendable {
    let number: Int
    let byteCount: Int
    let rows: UnsafeMutablePointer<Float>
    /// Read since the hand of the cache's clock passed.
    let wasRead = Atomic<Bool>(false)
    /// Where the chunk stands in the cache's clock.
    var place: Int?
    private(set) weak var source: OriginalsSource?

    /// Memory for `count` numbers, to be written.
    init(number: Int, count: Int, of source: OriginalsSource) {
        self.number = number
        self.source = source
        byteCount = count * MemoryLayout<Float>.stride
        rows = UnsafeMutablePointer<Float>.allocate(capacity: max(count, 1))
    }

    deinit {
        rows.deallocate()
    }
}
