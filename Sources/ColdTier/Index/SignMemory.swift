import Foundation
import Synchronization

/// Memory for the sign codes of full blocks, in huge pages where the system gives them.
///
/// A first pass reads all codes in order. In the heap's pages of 4 KiB every 64th line needs an address translated, and the
/// CPU's own prefetching ends at each page: reading the codes of a million rows takes a third longer.
///
/// Chunks are cut into slots of one size, and go when none of theirs is held. Any thread.
package final class SignMemory: Sendable {
    static let shared = SignMemory()

    package init() {}

    private static let hugePageByteCount = 1 << 21
    /// Of blocks of 384 dimensions a chunk holds 19, and a fiftieth is left over.
    static let chunkByteCount = 2 * hugePageByteCount
    /// What is smaller or larger comes from the heap: a small tenant's block takes no chunk.
    package static let slotByteCounts = chunkByteCount / 64...chunkByteCount / 4

    /// By the size of their slots.
    private let chunks = Mutex<[Int: [WeakChunk]]>([:])

    private struct WeakChunk {
        weak var chunk: Chunk?
    }

    /// Memory of so many bytes, all 0.
    package func slot(byteCount: Int) -> Slot {
        guard Self.slotByteCounts.contains(byteCount) else { return Slot(byteCount: byteCount) }
        let size = (byteCount + BlockStorage.alignment - 1) / BlockStorage.alignment * BlockStorage.alignment
        return chunks.withLock { chunks in
            var kept = chunks[size, default: []].filter { $0.chunk != nil }
            defer { chunks[size] = kept }
            for chunk in kept.compactMap(\.chunk) {
                if let slot = Slot(byteCount: byteCount, of: chunk) { return slot }
            }
            guard let chunk = Chunk(slotByteCount: size), let slot = Slot(byteCount: byteCount, of: chunk) else {
                return Slot(byteCount: byteCount)
            }
            kept.append(WeakChunk(chunk: chunk))
            return slot
        }
    }

    /// A piece of memory, aligned to `BlockStorage.alignment`, until it is let go of.
    ///
    /// `@unchecked Sendable` guard: its address never changes; what stands there is its holder's to guard.
    package final class Slot: @unchecked Sendable {
        package let address: UnsafeMutableRawPointer
        private let chunk: Chunk?

        /// From the heap.
        fileprivate init(byteCount: Int) {
            chunk = nil
            address = .allocate(byteCount: max(byteCount, 1), alignment: BlockStorage.alignment)
            address.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        }

        /// `nil` when the chunk has no slot left.
        fileprivate init?(byteCount: Int, of chunk: Chunk) {
            guard let address = chunk.take() else { return nil }
            self.chunk = chunk
            self.address = address
            address.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        }

        deinit {
            if let chunk { chunk.put(back: address) } else { address.deallocate() }
        }
    }

    /// `@unchecked Sendable` guard: `memory` never changes; `free` has a lock, and tells whose a slot is.
    fileprivate final class Chunk: @unchecked Sendable {
        private let memory: UnsafeMutableRawPointer
        private let slotByteCount: Int
        /// Numbers of slots.
        private let free: Mutex<[Int]>

        /// `nil` when the system gives no memory.
        init?(slotByteCount: Int) {
            let alignment = hugePageByteCount
            // A mapping of its own, of which what stands over is given back: the heap would be in pieces afterwards.
            let mapped = mmap(
                nil, chunkByteCount + alignment, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            guard let mapped, mapped != MAP_FAILED else { return nil }
            let ahead = (alignment - Int(bitPattern: mapped) % alignment) % alignment
            if ahead > 0 { munmap(mapped, ahead) }
            if ahead < alignment { munmap(mapped + ahead + chunkByteCount, alignment - ahead) }
            memory = mapped + ahead
            #if os(Linux)
                // Advice: where it is refused, pages are small.
                _ = madvise(memory, chunkByteCount, MADV_HUGEPAGE)
            #endif
            self.slotByteCount = slotByteCount
            free = Mutex(Array((0..<chunkByteCount / slotByteCount).reversed()))
        }

        func take() -> UnsafeMutableRawPointer? {
            free.withLock { $0.popLast() }.map { memory + $0 * slotByteCount }
        }

        func put(back address: UnsafeMutableRawPointer) {
            free.withLock { $0.append((address - memory) / slotByteCount) }
        }

        deinit {
            munmap(memory, chunkByteCount)
        }
    }
}
