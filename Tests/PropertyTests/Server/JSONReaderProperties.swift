import Foundation
import Server
import TestSupport
import Testing

/// Our reader of JSON against Foundation's decoder.
@Suite("JSON texts")
struct JSONReaderProperties {
    private static let textCount = 20_000
    private static let numberCount = 20_000

    /// Bits tell 0 from −0, and all else that `==` does not.
    private func same(_ one: JSONValue?, _ other: JSONValue?) -> Bool {
        switch (one, other) {
        case (.double(let one), .double(let other)): one.bitPattern == other.bitPattern
        case (.array(let one), .array(let other)): one.count == other.count && zip(one, other).allSatisfy(same)
        case (.object(let one), .object(let other)):
            one.count == other.count && one.allSatisfy { same($0.value, other[$0.key]) }
        default: one == other
        }
    }

    private func expectAgreement(on text: [UInt8]) {
        let decoded = DecodedJSON.parse(Data(text))
        let read = try? JSONValue.parse(text)
        #expect(same(read, decoded), "\(String(decoding: text, as: UTF8.self)), decoded \(decoded as Any)")
    }

    @Test("Values, and what is no JSON, are those of Foundation's decoder")
    func texts() {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        for _ in 0..<Self.textCount {
            var texts = JSONTexts(random)
            var text = texts.value(depth: 4)
            expectAgreement(on: text)
            for _ in 0..<3 {
                texts.damage(&text)
                expectAgreement(on: text)
            }
            random = texts.random
        }
    }

    @Test("Numbers of any length are those of Foundation's decoder, to the bit")
    func numbers() {
        var texts = JSONTexts(SeededGenerator(seed: SeededGenerator.announcedSeed()))
        for _ in 0..<Self.numberCount { expectAgreement(on: texts.number()) }
    }

    @Test(
        "Numbers at the edges of what is computed by whole numbers",
        arguments: [
            "0", "-0", "0.0", "-0.0", "1.0", "-1.00", "1e2", "1E+2", "100e-2", "1.5e1", "0.1", "9007199254740991.0",
            "9007199254740992.0", "9007199254740993", "9007199254740993.0", "9007199254740993.5",
            "9.007199254740993e15", "9223372036854775807", "9223372036854775807.0", "9223372036854775808",
            "-9223372036854775808", "-9223372036854775808.0", "-9223372036854775809", "18446744073709551615",
            "9999999999999999999", "0.9999999999999999999", "0.99999999999999999999", "9.999999999999999999", "1e19",
            "1e-19", "1e-20", "1e308", "1.7976931348623157e308", "1.7976931348623159e308", "1e309", "-1e400",
            "1e99999999999999999999", "5e-324", "2e-324", "1e-400", "1e-99999999999999999999", "0e999999",
            "0.5000000000000000277", "1.00000000000000011102", "1.0000000000000001110", "1.0000000000000001",
            "0.1000000000000000055", "123456789012345678.9", "00", "01", "-", "-a", "1.", ".1", "+1", "1e", "1e+",
            "1.e1", "0x10", "NaN", "Infinity", "-Infinity", "1_0",
        ])
    func edges(number: String) {
        expectAgreement(on: Array(number.utf8))
        expectAgreement(on: Array("[\(number), \(number)]".utf8))
    }

    @Test(
        "Texts at the edges of the grammar",
        arguments: [
            "", " ", "\u{FEFF}1", "\u{FEFF}", "1\u{FEFF}", "[]", "[ ]", "{}", "{ }", "[,]", "[1,]", "[,1]", "{,}",
            "{\"a\":1,}", "{\"a\"}", "{\"a\":}", "{a:1}", "{1:1}", "[1 2]", "[1]]", "[1", "{\"a\":1", "\"", "\"a",
            "\"\\", "\"\\u\"", "\"\\u12\"", "\"\\u123g\"", "\"\\uD83D\\uDE00\"", "\"\\uD83D\"", "\"\\uDE00\"",
            "\"\\uD83D\\u0041\"", "\"\\uD83Dx\"", "\"\\u0000\"", "\"\\x\"", "\"\t\"", "\"\u{7F}\"", "true", "tru",
            "truex", "[truefalse]", "null", "nul", "True", "// a\n1", "[1] ", "\t[1]\r\n", "\u{A0}1",
            "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "{\"\u{E9}\":1,\"e\u{301}\":2}", "\"\\u00e9\"", "'a'",
            "[\"a\" \"b\"]", "{\"a\":1 \"b\":2}", "{\"a\" 1}",
        ])
    func grammar(text: String) {
        expectAgreement(on: Array(text.utf8))
    }

    @Test("Bytes that are no UTF-8 are no JSON")
    func encodings() {
        for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]] {
            expectAgreement(on: [0x22] + bytes + [0x22])
            expectAgreement(on: [0x22, 0x5C, 0x6E] + bytes + [0x22])
        }
        expectAgreement(on: Array("[1]".utf16.flatMap { [UInt8($0), 0] }))
        expectAgreement(on: [0x22, 0, 0x22])
    }

    @Test("32 levels are read, one more is told as such")
    func depth() {
        func nested(_ levels: Int, _ open: String, _ close: String) -> Data {
            Data((String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels)).utf8)
        }
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            #expect(throws: Never.self) { try JSONValue.parse(nested(32, open, close)) }
            #expect(throws: JSONValue.Malformed.tooDeep) { try JSONValue.parse(nested(33, open, close)) }
        }
        #expect(throws: JSONValue.Malformed.tooDeep) { try JSONValue.parse(Data(repeating: 0x5B, count: 1 << 20)) }
    }
}
