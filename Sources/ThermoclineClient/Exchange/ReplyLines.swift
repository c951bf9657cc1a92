import NIOCore

/// The lines of a reply that comes in pieces, without their ends; empty ones are left out.
///
/// Holds one line and one piece at most. For one task.
struct ReplyLines<Pieces: AsyncSequence> where Pieces.Element == ByteBuffer {
    /// An item of the largest size, every character escaped, fits several times.
    private static var maximumBytes: Int { 4 << 20 }

    private var pieces: Pieces.AsyncIterator
    private var rest = ByteBuffer()
    private var hasEnded = false

    init(_ pieces: Pieces) {
        self.pieces = pieces.makeAsyncIterator()
    }

    /// `nil` at the end of a reply that came whole. Throws `ClientError`.
    mutating func next() async throws -> [UInt8]? {
        while true {
            if let line = takeLine() {
                if line.isEmpty { continue }
                return line
            }
            if hasEnded { return nil }
            guard rest.readableBytes <= Self.maximumBytes else {
                throw ClientError.badReply(reason: "it has a line that is longer than any of this API", requestID: nil)
            }
            do {
                if var piece = try await pieces.next() {
                    rest.discardReadBytes()
                    rest.writeBuffer(&piece)
                } else {
                    hasEnded = true
                }
            } catch {
                throw ClientError(error)
            }
        }
    }

    private mutating func takeLine() -> [UInt8]? {
        let view = rest.readableBytesView
        if let end = view.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest.readBytes(length: end - view.startIndex)
            rest.moveReaderIndex(forwardBy: 1)
            return line
        }
        return hasEnded && rest.readableBytes > 0 ? rest.readBytes(length: rest.readableBytes) : nil
    }
}
