import CZlib
import NIOCore

/// Compresses one stream of bytes (RFC 1952). Used by one task at a time.
final class GzipStream {
    enum Failure: Error {
        case outOfMemory
        case ended
    }

    enum Flush {
        /// All that was put in can be read by the other side.
        case block
        /// Nothing comes after.
        case end
        /// As little as possible now.
        case none
    }

    /// The quickest: it halves our texts, the slowest would take six times as long for another tenth.
    private static let level: Int32 = 1
    /// The window of zlib's largest, 32 KiB, and a header of gzip.
    private static let windowBits: Int32 = 15 + 16
    private static let memoryLevel: Int32 = 8

    /// In memory of its own, for zlib keeps its address.
    private let stream: UnsafeMutablePointer<z_stream>

    init() throws(Failure) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let result = deflateInit2_(
            stream, Self.level, Z_DEFLATED, Self.windowBits, Self.memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else {
            stream.deallocate()
            throw .outOfMemory
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Takes `input` in and appends what comes of it to `output`.
    func compress(_ input: ByteBufferView, _ flush: Flush, to output: inout ByteBuffer) throws(Failure) {
        let mode =
            switch flush {
            case .block: Z_SYNC_FLUSH
            case .end: Z_FINISH
            case .none: Z_NO_FLUSH
            }
        var status = Z_OK
        input.withUnsafeBytes { bytes in
            // zlib reads only.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: bytes.baseAddress?.assumingMemoryBound(to: Bytef.self))
            stream.pointee.avail_in = uInt(bytes.count)
            repeat {
                // Room that is not filled means that there is no more to come.
                let room = max(1_024, Int(deflateBound(stream, uLong(stream.pointee.avail_in))))
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { free in
                    stream.pointee.next_out = free.baseAddress?.assumingMemoryBound(to: Bytef.self)
                    stream.pointee.avail_out = uInt(free.count)
                    status = deflate(stream, mode)
                    return free.count - Int(stream.pointee.avail_out)
                }
            } while status == Z_OK && stream.pointee.avail_out == 0
        }
        // Nothing to do is no failure.
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { throw .ended }
    }
}
