import CScan
import Synchronization

/// Where the originals of a block are that has a segment: in the segment's chunks, read when one of their rows is asked for,
/// and kept by an `OriginalsCache` as long as it has room.
///
/// Any thread. Who asks for what is not in memory waits for the disk: a blob of 64 KiB at most, and its decompression. Two that
/// ask for the same chunk may both read it. A chunk that is damaged, or gone, stays away for good: its rows cannot be
/// searched by vector.
final class OriginalsSource: Sendable {
    /// The stored bytes of a chunk; `nil` when there are none. Throws when they cannot be read now.
    typealias Read = @Sendable (_ chunk: Int) throws -> [UInt8]?

    private enum Slot {
        case absent
        case present(OriginalsChunk)
        case damaged
    }

    private let dimension: Int
    private let rowCount: Int
    private let chunkRowCount: Int
    private let chunks: [SegmentHeader.Chunk]
    private let cache: OriginalsCache
    private let read: Read
    private let slots: Mutex<[Slot]>
    private let isChecked: Atomic<Bool>

    init(_ header: SegmentHeader, in cache: OriginalsCache, read: @escaping Read) {
        dimension = header.dimension
        rowCount = header.rowCount
        chunkRowCount = header.chunkRowCount
        chunks = header.chunks
        self.cache = cache
        self.read = read
        slots = Mutex(Array(repeating: .absent, count: header.chunks.count))
        isChecked = Atomic(header.chunks.isEmpty)
    }

    deinit {
        cache.remove(
            slots.withLock { slots in
                slots.compactMap { slot in
                    guard case .present(let chunk) = slot else { return nil }
                    return chunk
                }
            })
    }

    /// Hands a row's original to `body`; `nil` when it cannot be had.
    func withOriginal<Result>(row: Int, _ body: (UnsafePointer<Float>) -> Result) -> Result? {
        let number = row / chunkRowCount
        guard let chunk = chunk(number) else { return nil }
        return withExtendedLifetime(chunk) {
            body(UnsafePointer(chunk.rows) + (row - number * chunkRowCount) * dimension)
        }
    }

    /// Whether every chunk was read once, or is damaged.
    var wasChecked: Bool { isChecked.load(ordering: .acquiring) }

    /// Reads what is not in memory, keeps what there is room for, and returns the rows whose originals are damaged.
    func check() -> [Int] {
        guard !wasChecked else { return [] }
        var damaged: [Int] = []
        var isComplete = true
        for number in chunks.indices {
            switch slots.withLock({ $0[number] }) {
            case .present: break
            case .damaged: damaged += rows(of: number)
            case .absent:
                switch load(number) {
                case .present(let chunk): keep(chunk, evicting: false)
                case .damaged: damaged += rows(of: number)
                case .absent: isComplete = false
                }
            }
        }
        if isComplete { isChecked.store(true, ordering: .releasing) }
        return damaged
    }

    /// Takes what there is room for from the block that the segment was just made of.
    /// - Parameter rows: of `storage`, in the segment's order.
    func take(_ rows: [Int], of storage: BlockStorage) {
        isChecked.store(true, ordering: .releasing)
        for number in chunks.indices {
            let own = self.rows(of: number)
            guard own.upperBound <= rows.count else { return }
            let chunk = OriginalsChunk(number: number, count: own.count * dimension, of: self)
            guard cache.hasRoom(for: chunk.byteCount) else { return }
            for row in own {
                let target = chunk.rows + (row - own.lowerBound) * dimension
                guard storage.withOriginal(row: rows[row], { target.update(from: $0, count: dimension) }) != nil
                else { return }
            }
            keep(chunk, evicting: false)
        }
    }

    /// Called by the cache, which has evicted the chunk.
    func drop(_ chunk: OriginalsChunk) {
        slots.withLock { slots in
            if case .present(let current) = slots[chunk.number], current === chunk { slots[chunk.number] = .absent }
        }
    }

    private func rows(of chunk: Int) -> Range<Int> {
        chunk * chunkRowCount..<min((chunk + 1) * chunkRowCount, rowCount)
    }

    private func chunk(_ number: Int) -> OriginalsChunk? {
        switch slots.withLock({ $0[number] }) {
        case .damaged: return nil
        case .present(let chunk):
            cache.countHit()
            // Written only when it changes: the line is shared by all who search.
            if !chunk.wasRead.load(ordering: .relaxed) { chunk.wasRead.store(true, ordering: .relaxed) }
            return chunk
        case .absent:
            cache.countMiss()
            guard case .present(let chunk) = load(number) else { return nil }
            keep(chunk, evicting: true)
            return chunk
        }
    }

    /// In its slot before it is in the cache, which so never evicts what is not yet here.
    private func keep(_ chunk: OriginalsChunk, evicting: Bool) {
        let isFirst = slots.withLock { slots in
            guard case .absent = slots[chunk.number] else { return false }
            slots[chunk.number] = .present(chunk)
            return true
        }
        if isFirst, !cache.admit(chunk, evicting: evicting) { drop(chunk) }
    }

    // MARK: Reading

    /// Absent when the disk does not answer: it may the next time.
    private func load(_ number: Int) -> Slot {
        let stored: [UInt8]?
        do { stored = try read(number) } catch { return .absent }
        if let stored, let chunk = decode(stored, number) { return .present(chunk) }
        slots.withLock { $0[number] = .damaged }
        return .damaged
    }

    /// `nil` when the bytes are not those that were stored.
    private func decode(_ stored: [UInt8], _ number: Int) -> OriginalsChunk? {
        let entry = chunks[number]
        return stored.withUnsafeBytes { stored in
            guard stored.count == entry.storedByteCount,
                scan_kernels.best.checksum(stored) == entry.storedChecksum
            else { return nil }
            guard entry.compression == .lz4 else {
                // Without compression both checksums are of the same bytes.
                return entry.rawChecksum == entry.storedChecksum ? join(stored, number) : nil
            }
            let byteCount = SegmentHeader.rawByteCount(rows: rows(of: number).count, dimension: dimension)
            guard let raw = BlockCompression.decompressed(stored, byteCount: byteCount) else { return nil }
            return raw.withUnsafeBytes { raw in
                scan_kernels.best.checksum(raw) == entry.rawChecksum ? join(raw, number) : nil
            }
        }
    }

    private func join(_ planes: UnsafeRawBufferPointer, _ number: Int) -> OriginalsChunk {
        let count = rows(of: number).count * dimension
        let chunk = OriginalsChunk(number: number, count: count, of: self)
        chunk.rows.withMemoryRebound(to: UInt32.self, capacity: count) { words in
            planes.withMemoryRebound(to: UInt8.self) { planes in
                if let planes = planes.baseAddress { scan_planes_join_u32(planes, count, words) }
            }
        }
        return chunk
    }
}
