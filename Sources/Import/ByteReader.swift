import Foundation

/// The bytes of a source, one after the other, of which one chunk is in memory at a time.
///
/// Reading blocks: use it on a thread of one's own.
package struct ByteReader {
    /// Large enough that system calls do not show, small enough not to matter.
    package static let chunkByteCount = 256 * 1024

    /// For messages.
    let name: String
    /// Bytes handed out so far.
    private(set) var offset = 0
    /// The line, from 1, on which the next byte stands.
    private(set) var line = 1
    private let read: (Int) throws(ImportFailure) -> [UInt8]
    private let maximumChunk: Int
    private var chunk: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    /// - Parameter read: up to that many next bytes, at least one; none only at the end.
    init(
        name: String, chunkByteCount: Int = Self.chunkByteCount,
        read: @escaping (Int) throws(ImportFailure) -> [UInt8]
    ) {
        self.name = name
        self.read = read
        maximumChunk = chunkByteCount
    }

    mutating func next() throws(ImportFailure) -> UInt8? {
        if position == chunk.count, try !refill() { return nil }
        let byte = chunk[position]
        position += 1
        offset += 1
        if byte == UInt8(ascii: "\n") { line += 1 }
        return byte
    }

    mutating func peek() throws(ImportFailure) -> UInt8? {
        if position == chunk.count, try !refill() { return nil }
        return chunk[position]
    }

    mutating func skipWhiteSpace() throws(ImportFailure) {
        while let byte = try peek(), byte.isJSONWhiteSpace { _ = try next() }
    }

    /// Drops a UTF-8 byte-order mark at the beginning, and refuses the one of UTF-16.
    mutating func skipByteOrderMark() throws(ImportFailure) {
        guard let first = try peek() else { return }
        if first == 0xFE || first == 0xFF { throw .notUTF8(name: name) }
        guard first == 0xEF else { return }
        // No valid item begins with this byte in any format, so nothing is lost when the rest of the mark is not there.
        for expected: UInt8 in [0xEF, 0xBB, 0xBF] where try peek() == expected { _ = try next() }
    }

    private mutating func refill() throws(ImportFailure) -> Bool {
        guard !isAtEnd else { return false }
        chunk = try read(maximumChunk)
        position = 0
        isAtEnd = chunk.isEmpty
        return !isAtEnd
    }
}

extension UInt8 {
    var isJSONWhiteSpace: Bool {
        self == UInt8(ascii: " ") || self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r")
            || self == UInt8(ascii: "\t")
    }
}
