import Foundation
import NIOCore
import Server
import TestSupport
import Testing

@Suite("Lines of a stream")
struct LineSplitterTests {
    private func split(_ text: String, chunks sizes: some Sequence<Int>, maximumBytes: Int = 16) -> [NumberedLine] {
        var splitter = LineSplitter(maximumBytes: maximumBytes)
        var rest = Array(text.utf8)[...]
        var lines: [NumberedLine] = []
        for size in sizes where !rest.isEmpty {
            lines += splitter.lines(in: ByteBuffer(bytes: rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        lines += splitter.lines(in: ByteBuffer(bytes: rest))
        if let last = splitter.lastLine() { lines.append(last) }
        return lines
    }

    private func line(_ number: Int, _ text: String?) -> NumberedLine {
        NumberedLine(number: number, bytes: text.map { Data($0.utf8) })
    }

    @Test("Blank lines are counted and left out, the last line needs no line feed")
    func blankLines() {
        #expect(split("a\n\n \r\nb", chunks: []) == [line(1, "a"), line(4, "b")])
        #expect(split("", chunks: []) == [])
        #expect(split("a\n", chunks: []) == [line(1, "a")])
    }

    @Test("A line over the limit is told and not kept, and the next one is read")
    func overlong() {
        let long = String(repeating: "x", count: 17)
        #expect(split("\(long)\nb\n", chunks: [5, 5, 5]) == [line(1, nil), line(2, "b")])
        #expect(split(long, chunks: []) == [line(1, nil)])
        #expect(split(String(repeating: "x", count: 16), chunks: []).first?.bytes?.count == 16)
    }

    @Test("However the stream is cut, the lines are the same")
    func anyChunks() {
        let seed = SeededGenerator.announcedSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let text = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                ["a", "\n", "é", " ", "\r\n"].randomElement(using: &random) ?? "a"
            }.joined()
            let sizes = (0..<60).map { _ in Int.random(in: 1...7, using: &random) }
            #expect(split(text, chunks: sizes) == split(text, chunks: []), "seed \(seed)")
        }
    }
}
