import HTTPTypes
import HummingbirdCore
import NIOCore

/// Compresses what is written through it, so that each write can be read at once.
struct GzipWriter: ResponseBodyWriter {
    private var base: any ResponseBodyWriter
    private let stream: GzipStream

    init(_ base: any ResponseBodyWriter) throws {
        self.base = base
        stream = try GzipStream()
    }

    mutating func write(_ buffer: ByteBuffer) async throws {
        var output = ByteBuffer()
        try stream.compress(buffer.readableBytesView, .block, to: &output)
        try await base.write(output)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        var output = ByteBuffer()
        try stream.compress(ByteBuffer().readableBytesView, .end, to: &output)
        try await base.write(output)
        try await base.finish(trailingHeaders)
    }
}
