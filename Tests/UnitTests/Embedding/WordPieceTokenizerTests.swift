import Embedding
import Foundation
import Testing

/// The tokenizer against the reference implementation's answers, with the default model's own vocabulary.
struct WordPieceTokenizerTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden")

    private static func tokenizer() throws -> WordPieceTokenizer {
        try WordPieceTokenizer(vocabulary: Array(Data(contentsOf: URL(fileURLWithPath: TestModel.vocabularyFile))))
    }

    private static func hash(_ tokens: some Sequence<Int32>) -> String {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for token in tokens {
            for shift in stride(from: 0, to: 32, by: 8) {
                value = (value ^ UInt64((UInt32(bitPattern: token) >> UInt32(shift)) & 0xFF)) &* 0x100_0000_01B3
            }
        }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    @Test func `gives the reference's tokens for every golden string`() throws {
        let tokenizer = try Self.tokenizer()
        let lines = try Data(contentsOf: Self.folder.appendingPathComponent("tokens.ndjson"))
            .split(separator: UInt8(ascii: "\n"))
        #expect(lines.count >= 5_000)
        var wrong: [String] = []
        for line in lines {
            let golden = try JSONDecoder().decode(GoldenString.self, from: line)
            let tokens = tokenizer.encode(golden.text)
            if tokens.count != golden.count || Self.hash(tokens) != golden.hash {
                wrong.append("\(golden.text.debugDescription) gave \(tokens), not \(golden.count) tokens")
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count) differ: \(wrong.prefix(5))")
    }

    @Test func `gives the reference's tokens for every code point`() throws {
        let tokenizer = try Self.tokenizer()
        let golden = try String(contentsOf: Self.folder.appendingPathComponent("code-points.txt"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
        #expect(golden.count == 0x110000 / 1_024)
        for (block, expected) in golden.enumerated() {
            var tokens: [Int32] = []
            for value in UInt32(block * 1_024)..<UInt32((block + 1) * 1_024) {
                guard let scalar = Unicode.Scalar(value) else { continue }
                tokens += tokenizer.encode("a\(scalar)b \(scalar)")
            }
            #expect(Self.hash(tokens) == expected, "code points from \(String(block * 1_024, radix: 16))")
        }
    }

    @Test func `opens and closes what is empty`() throws {
        #expect(try Self.tokenizer().encode("") == [101, 102])
        #expect(try Self.tokenizer().encode("\u{0}\u{200D}  ") == [101, 102])
    }

    @Test func `stops at 256 tokens`() throws {
        let tokens = try Self.tokenizer().encode(String(repeating: "word ", count: 100_000))
        #expect(tokens.count == WordPieceTokenizer.maximumTokens)
        #expect(tokens.last == 102)
    }

    @Test func `takes the longest token first and none for a word with a part that is not known`() throws {
        let vocabulary = "[UNK]\n[CLS]\n[SEP]\nun\nunb\n##able\n##a\n##ble\n##b\nable\n"
        let tokenizer = try WordPieceTokenizer(vocabulary: Array(vocabulary.utf8))
        #expect(tokenizer.encode("unable") == [1, 3, 5, 2])
        #expect(tokenizer.encode("unbable") == [1, 4, 5, 2])
        #expect(tokenizer.encode("unabl unba") == [1, 0, 4, 6, 2])
        #expect(tokenizer.encode("able-able") == [1, 9, 0, 9, 2])
    }

    @Test func `reads a vocabulary with carriage returns and no last line break`() throws {
        let tokenizer = try WordPieceTokenizer(vocabulary: Array("[UNK]\r\n[CLS]\r\n[SEP]\r\nword".utf8))
        #expect(tokenizer.encode("Word") == [1, 3, 2])
    }

    @Test(
        arguments: [
            ([], VocabularyViolation.empty),
            (Array("[UNK]\n[CLS]\n".utf8), .lacks(token: "[SEP]")),
            ([0x61, 0xFF, 0x0A], .notUTF8),
            ([UInt8](repeating: 0x0A, count: 1_000_001), .tooManyTokens(1_000_001)),
        ] as [([UInt8], VocabularyViolation)])
    func `refuses a bad vocabulary`(file: [UInt8], violation: VocabularyViolation) {
        #expect(throws: violation) { try WordPieceTokenizer(vocabulary: file) }
    }
}

/// One line of tokens.ndjson: text, number of its tokens, their hash.
private struct GoldenString: Decodable {
    let text: String
    let count: Int
    let hash: String

    init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        text = try values.decode(String.self)
        count = try values.decode(Int.self)
        hash = try values.decode(String.self)
    }
}
