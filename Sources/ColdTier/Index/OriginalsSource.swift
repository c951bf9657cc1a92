import CScan
import Synchronization

/// Where a loaded block's originals still are: in the chunks of its segment, brought into memory when first asked for.
///
/// Any thread. A chunk is read, checked and written to the block's memory under the lock, and only then said to be there;
/// once all are there, no lock is taken any more. Who asks waits for the disk: about 50 µs a chunk that the system has.
/// A chunk that is damaged, or gone, stays away for good: its rows cannot be searched by vector.
final class OriginalsSource: Sendable {
    /// The stored bytes of a chunk; `nil` when there are none. Throws when they cannot be read now.
    typealias Read = @Sendable (_ chunk: Int) throws -> [UInt8]?

    private enum ChunkState: UInt8 {
        case absent, present, damaged
    }

    private let header: SegmentHeader
    private let read: Read
    private let states: Mutex<[ChunkState]>
    private let isWhole: Atomic<Bool>

    init(_ header: SegmentHeader, read: @escaping Read) {
        self.header = header
        self.read = read
        states = Mutex(Array(repeating: .absent, count: header.chunks.count))
        isWhole = Atomic(header.chunks.isEmpty)
    }

    /// Makes sure that a row's original is in `storage`; false when it cannot be had.
    func provide(row: Int, to storage: BlockStorage) -> Bool {
        if isWhole.load(ordering: .acquiring) { return true }
        return provide(chunk: row / header.chunkRowCount, to: storage) == .present
    }

    /// Whether every chunk is in memory or known to be damaged.
    var isSettled: Bool { isWhole.load(ordering: .acquiring) || states.withLock { !$0.contains(.absent) } }

    /// Brings all originals in, and returns the rows whose originals are damaged.
    func provideAll(to storage: BlockStorage) -> [Int] {
        guard !isWhole.load(ordering: .acquiring) else { return [] }
        var damaged: [Int] = []
        var isComplete = true
        for chunk in header.chunks.indices {
            let state = provide(chunk: chunk, to: storage)
            if state == .damaged { damaged += header.rows(ofChunk: chunk) }
            isComplete = isComplete && state == .present
        }
        if isComplete { isWhole.store(true, ordering: .releasing) }
        return damaged
    }

    private func provide(chunk: Int, to storage: BlockStorage) -> ChunkState {
        states.withLock { states in
            guard states[chunk] == .absent else { return states[chunk] }
            do {
                let stored = try read(chunk)
                states[chunk] = stored.map { write($0, of: chunk, to: storage) } ?? false ? .present : .damaged
            } catch {
                // The disk may answer the next time.
                return .absent
            }
            return states[chunk]
        }
    }

    /// False when the bytes are not those that were stored.
    private func write(_ stored: [UInt8], of number: Int, to storage: BlockStorage) -> Bool {
        let chunk = header.chunks[number]
        let rows = header.rows(ofChunk: number)
        return stored.withUnsafeBytes { stored in
            guard stored.count == chunk.storedByteCount,
                scan_kernels.best.checksum(stored) == chunk.storedChecksum
            else { return false }
            guard chunk.compression == .lz4 else {
                // Without compression both checksums are of the same bytes.
                guard chunk.rawChecksum == chunk.storedChecksum else { return false }
                Self.join(stored, rows, storage)
                return true
            }
            let byteCount = header.rawByteCount(ofChunk: number)
            guard let raw = BlockCompression.decompressed(stored, byteCount: byteCount) else { return false }
            return raw.withUnsafeBytes { raw in
                guard scan_kernels.best.checksum(raw) == chunk.rawChecksum else { return false }
                Self.join(raw, rows, storage)
                return true
            }
        }
    }

    private static func join(_ planes: UnsafeRawBufferPointer, _ rows: Range<Int>, _ storage: BlockStorage) {
        let count = rows.count * storage.dimension
        storage.original(row: rows.lowerBound).withMemoryRebound(to: UInt32.self, capacity: count) { words in
            planes.withMemoryRebound(to: UInt8.self) { planes in
                if let planes = planes.baseAddress { scan_planes_join_u32(planes, count, words) }
            }
        }
    }
}
