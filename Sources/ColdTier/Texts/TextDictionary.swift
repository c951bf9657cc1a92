import CLZ4
import Knowledge
import Synchronization

/// Pieces of a tenant's texts that LZ4 refers back to, as if they stood before each text.
///
/// Held as long as any text needs it. Its bytes stay where they are, for LZ4's prepared state points into them. Any thread;
/// a text of 600 bytes takes some 60 µs to compress in the slower form.
package final class TextDictionary: @unchecked Sendable {
    // Guard: pointers are written by `init` alone, and what they point to is never changed until `deinit`; the states that
    // compression works in are taken out of `states`, under its lock.

    /// LZ4 finds matches 64 KiB back.
    package static let maximumByteCount = 64 << 10
    /// LZ4 HC: beyond 9 it takes twice the time for 1 % less.
    private static let level: Int32 = 9
    /// Working states kept, 256 KiB each: as many as cores that compress at once.
    private static let maximumStates = 4

    package let id: Int64
    private let bytes: UnsafeMutableRawPointer
    private let byteCount: Int
    private let slow: UnsafeMutableRawPointer
    private let quick: UnsafeMutableRawPointer

    private static let slowByteCount = MemoryLayout<LZ4_streamHC_t>.size
    private static let quickByteCount = MemoryLayout<LZ4_stream_t>.size
    private static let alignment = 16

    /// A state in which one text at a time is compressed.
    private final class State: @unchecked Sendable {
        // Guard: whoever took it out of `states` has it alone.
        let memory = UnsafeMutableRawPointer.allocate(byteCount: slowByteCount, alignment: alignment)
        deinit { memory.deallocate() }
    }
    private static let states = Mutex<[State]>([])

    /// - Parameter content: at most `maximumByteCount` bytes are used.
    package init(id: Int64, content: [UInt8]) {
        self.id = id
        byteCount = min(content.count, Self.maximumByteCount)
        bytes = .allocate(byteCount: max(1, byteCount), alignment: Self.alignment)
        slow = .allocate(byteCount: Self.slowByteCount, alignment: Self.alignment)
        quick = .allocate(byteCount: Self.quickByteCount, alignment: Self.alignment)
        content.withUnsafeBytes { source in
            if let base = source.baseAddress { bytes.copyMemory(from: base, byteCount: byteCount) }
        }
        let dictionary = bytes.assumingMemoryBound(to: CChar.self)
        if let stream = LZ4_initStreamHC(slow, Self.slowByteCount) {
            LZ4_resetStreamHC_fast(stream, Self.level)
            LZ4_loadDictHC(stream, dictionary, Int32(byteCount))
        }
        if let stream = LZ4_initStream(quick, Self.quickByteCount) {
            LZ4_loadDict(stream, dictionary, Int32(byteCount))
        }
    }

    deinit {
        bytes.deallocate()
        slow.deallocate()
        quick.deallocate()
    }

    /// What it takes in memory.
    var memoryByteCount: Int { byteCount + Self.slowByteCount + Self.quickByteCount }

    var content: [UInt8] { Array(UnsafeRawBufferPointer(start: bytes, count: byteCount)) }

    /// An LZ4 block; `nil` when it would not be shorter.
    ///
    /// - Parameter isQuick: LZ4's quick form, with a smaller state to copy: less time, more bytes.
    package func compressed(_ text: [UInt8], isQuick: Bool) -> [UInt8]? {
        guard text.count > 1, let count = Int32(exactly: text.count) else { return nil }
        let state = Self.states.withLock { $0.popLast() } ?? State()
        defer {
            Self.states.withLock { states in
                if states.count < Self.maximumStates { states.append(state) }
            }
        }
        let block = [UInt8](unsafeUninitializedCapacity: text.count - 1) { target, written in
            let result = text.withUnsafeBytes { source in
                isQuick
                    ? compressQuickly(source, count, into: target, state.memory)
                    : compressSlowly(source, count, into: target, state.memory)
            }
            written = max(0, Int(result))
        }
        return block.isEmpty ? nil : block
    }

    private func compressSlowly(
        _ source: UnsafeRawBufferPointer, _ count: Int32, into target: UnsafeMutableBufferPointer<UInt8>,
        _ state: UnsafeMutableRawPointer
    ) -> Int32 {
        // A copy of the prepared state is cheaper than preparing it: 256 KiB against hashing the dictionary.
        state.copyMemory(from: slow, byteCount: Self.slowByteCount)
        return LZ4_compress_HC_continue(
            state.assumingMemoryBound(to: LZ4_streamHC_t.self), source.baseAddress, target.baseAddress, count, count - 1
        )
    }

    private func compressQuickly(
        _ source: UnsafeRawBufferPointer, _ count: Int32, into target: UnsafeMutableBufferPointer<UInt8>,
        _ state: UnsafeMutableRawPointer
    ) -> Int32 {
        state.copyMemory(from: quick, byteCount: Self.quickByteCount)
        return LZ4_compress_fast_continue(
            state.assumingMemoryBound(to: LZ4_stream_t.self), source.baseAddress, target.baseAddress, count, count - 1,
            1)
    }

    /// `nil` if the bytes are not an LZ4 block of exactly `byteCount` bytes by this dictionary.
    package func decompressed(_ block: UnsafeRawBufferPointer, byteCount: Int) -> [UInt8]? {
        guard let blockCount = Int32(exactly: block.count), let textCount = Int32(exactly: byteCount) else {
            return nil
        }
        var isWhole = false
        let text = [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
            isWhole =
                LZ4_decompress_safe_usingDict(
                    block.baseAddress, target.baseAddress, blockCount, textCount, bytes, Int32(self.byteCount))
                == textCount
            count = isWhole ? byteCount : 0
        }
        return isWhole ? text : nil
    }
}
