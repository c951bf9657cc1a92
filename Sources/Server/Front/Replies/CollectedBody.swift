import HTTPTypes
import HummingbirdCore
import NIOCore
import Synchronization

/// Takes a reply's body in instead of sending it.
struct CollectedBody: ResponseBodyWriter {
    private final class Pieces: Sendable {
        let buffer = Mutex(ByteBuffer())
    }

    private let pieces = Pieces()

    var bytes: ByteBuffer { pieces.buffer.withLock { $0 } }

    mutating func write(_ buffer: ByteBuffer) async throws {
        pieces.buffer.withLock { all in
            if all.readableBytes == 0 { all = buffer } else { all.writeImmutableBuffer(buffer) }
        }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
