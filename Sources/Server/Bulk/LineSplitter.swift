package import Foundation
package import NIOCore

/// One line of a stream, with its number from 1.
package struct NumberedLine: Sendable, Hashable {
    package let number: Int
    /// `nil` when the line was longer than allowed and not kept.
    package let bytes: Data?

    package init(number: Int, bytes: Data?) {
        self.number = number
        self.bytes = bytes
    }
}

/// Cuts a stream of bytes into lines without ever holding more than one line of the largest size.
///
/// Lines end with `\n` or `\r\n`, the last one with either or with the stream. Blank lines are counted and left out.
package struct LineSplitter {
    private let maximumBytes: Int
    private var partial = Data()
    private var isOverlong = false
    private var number = 0

    package init(maximumBytes: Int = RequestBodyLimits.maximumLineBytes) {
        self.maximumBytes = maximumBytes
    }

    /// The lines that end within `chunk`.
    package mutating func lines(in chunk: ByteBuffer) -> [NumberedLine] {
        var lines: [NumberedLine] = []
        var rest = chunk.readableBytesView
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            keep(rest[..<end])
            if let line = endLine() { lines.append(line) }
            rest = rest[rest.index(after: end)...]
        }
        keep(rest)
        return lines
    }

    /// The line that the end of the stream ends.
    package mutating func lastLine() -> NumberedLine? {
        partial.isEmpty && !isOverlong ? nil : endLine()
    }

    private mutating func keep(_ bytes: some Collection<UInt8>) {
        guard !isOverlong else { return }
        guard partial.count + bytes.count <= maximumBytes else {
            isOverlong = true
            partial = Data()
            return
        }
        partial.append(contentsOf: bytes)
    }

    private mutating func endLine() -> NumberedLine? {
        number += 1
        defer {
            partial = Data()
            isOverlong = false
        }
        if isOverlong { return NumberedLine(number: number, bytes: nil) }
        let isBlank = partial.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        return isBlank ? nil : NumberedLine(number: number, bytes: partial)
    }
}
