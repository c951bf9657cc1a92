import HTTPTypes
import Hummingbird
import NIOCore

/// Compresses large replies for clients that take gzip.
///
/// A reply with an entity tag is left as it is: the tag names these bytes, and is sent back in `If-Match`.
struct ReplyCompression: RouterMiddleware {
    /// Below it a reply is a few packets, and compressing it would cost more than finding it in memory did.
    static let minimumBytes = 8 << 10
    /// Compressed in one go, some hundred microseconds; other requests get their turn in between.
    private static let stepBytes = 64 << 10

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        let response = try await next(request, context)
        guard Self.isWorthIt(response), request.method != .head else { return response }
        var compressed = response
        compressed.headers.append(HTTPField(name: .vary, value: "Accept-Encoding"))
        guard AcceptedEncodings.takesGzip(request.headers[.acceptEncoding]) else { return compressed }
        if response.body.contentLength == nil {
            let body = response.body
            compressed.body = ResponseBody { writer in try await body.write(try GzipWriter(writer)) }
        } else {
            compressed.body = ResponseBody(byteBuffer: try await Self.compress(response.body))
        }
        compressed.headers[.contentEncoding] = "gzip"
        return compressed
    }

    private static func isWorthIt(_ response: Response) -> Bool {
        guard response.body.contentLength ?? .max >= minimumBytes, response.status.kind == .successful,
            let type = response.headers[.contentType], !response.headers.contains(.contentEncoding),
            !response.headers.contains(.eTag)
        else { return false }
        return type.hasPrefix("text/") || type.hasPrefix("application/")
    }

    private static func compress(_ body: ResponseBody) async throws -> ByteBuffer {
        let collected = CollectedBody()
        try await body.write(collected)
        var bytes = collected.bytes
        let stream = try GzipStream()
        var output = ByteBuffer()
        output.reserveCapacity(bytes.readableBytes / 2)
        while let step = bytes.readSlice(length: min(stepBytes, bytes.readableBytes)), step.readableBytes > 0 {
            try stream.compress(step.readableBytesView, bytes.readableBytes == 0 ? .end : .none, to: &output)
            await Task.yield()
        }
        return output
    }
}
