import CHiredis
import Knowledge

/// Cuts a stream of bytes into replies with hiredis' reader.
///
/// Not `Sendable`: lives and dies on the event loop of its connection.
package final class RedisReplyReader {
    /// A reply that has not ended after this many bytes is none of ours; the largest of ours is one envelope.
    package static let maximumPendingByteCount = AnswerEnvelope.maximumByteCount * 2
    /// Arrays in arrays, as deep as hiredis reads them.
    private static let maximumDepth = 9

    private let reader: UnsafeMutablePointer<redisReader>

    /// `nil` when there is no memory for it.
    package init?() {
        guard let reader = redisReaderCreate() else { return nil }
        self.reader = reader
    }

    deinit {
        redisReaderFree(reader)
    }

    package func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisProtocolError) {
        guard let base = bytes.bindMemory(to: CChar.self).baseAddress else { return }
        guard redisReaderFeed(reader, base, bytes.count) == REDIS_OK else { throw failure }
    }

    /// The next whole reply; `nil` when more bytes are needed.
    package func next() throws(RedisProtocolError) -> RedisReply? {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &reply) == REDIS_OK else { throw failure }
        guard let reply else {
            guard reader.pointee.len <= Self.maximumPendingByteCount else {
                throw RedisProtocolError(description: "a reply exceeds \(Self.maximumPendingByteCount) bytes")
            }
            return nil
        }
        defer { freeReplyObject(reply) }
        return Self.convert(reply.assumingMemoryBound(to: redisReply.self).pointee, depth: 0)
    }

    private static func convert(_ reply: redisReply, depth: Int) -> RedisReply {
        func bytes() -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: reply.str, count: Int(reply.len)) }
        switch reply.type {
        case REDIS_REPLY_STRING: return .string([UInt8](bytes()))
        case REDIS_REPLY_STATUS: return .status(String(decoding: bytes(), as: UTF8.self))
        case REDIS_REPLY_INTEGER: return .integer(Int64(reply.integer))
        case REDIS_REPLY_ERROR: return .error(RedisRefusal(text: String(decoding: bytes(), as: UTF8.self)))
        case REDIS_REPLY_ARRAY where depth < maximumDepth:
            let elements = UnsafeBufferPointer(start: reply.element, count: Int(reply.elements))
            return .array(elements.map { element in element.map { convert($0.pointee, depth: depth + 1) } ?? .null })
        default: return .null
        }
    }

    private var failure: RedisProtocolError {
        let text = withUnsafeBytes(of: reader.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return RedisProtocolError(description: text.isEmpty ? "unreadable reply" : text)
    }
}

/// What Redis sent is not its protocol; the connection cannot be used further.
package struct RedisProtocolError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
}
