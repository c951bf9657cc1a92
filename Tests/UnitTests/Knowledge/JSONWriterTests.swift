import Foundation
import Knowledge
import Testing

@Suite("JSON writer")
struct JSONWriterTests {
    private func text(_ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        write(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test("Commas stand between members and elements only")
    func commas() {
        let written = text { json in
            json.object { json in
                json.member("a", "x")
                json.array("b") { json in
                    json.element("y")
                    json.object { $0.member("c", 1) }
                }
                json.object("d") { _ in }
                json.splice(Array(#""e":null"#.utf8))
                json.splice([])
                json.member("f", true)
            }
        }
        #expect(written == #"{"a":"x","b":["y",{"c":1}],"d":{},"e":null,"f":true}"#)
    }

    @Test(
        "Any text survives a standard decoder",
        arguments: ["", "a\"b\\c/d", "\u{0}\u{1}\u{1f}\n\r\t\u{8}", "é日本🧊", "\u{2028}\u{7f}", "ends with \"", "}{,"])
    func strings(value: String) throws {
        let written = text { json in
            json.object {
                $0.member("v", value)
                $0.member(named: value, "w")
            }
        }
        let decoded = try JSONDecoder().decode([String: String].self, from: Data(written.utf8))
        #expect(decoded["v"] == (value == "v" ? "w" : value))
        #expect(decoded[value] == "w")
    }

    @Test(
        "Numbers have the decimals asked for and no trailing zeros",
        arguments: [
            (0.81234, 4, "0.8123"), (1.0, 4, "1"), (-0.00001, 4, "0"), (-0.5, 4, "-0.5"), (0.00005, 4, "0.0001"),
            (12.3, 1, "12.3"), (100, 1, "100"), (0.05, 3, "0.05"), (99.96, 1, "100"), (.nan, 1, "null"),
            (.infinity, 1, "null"), (123_456.789, 3, "123456.789"),
        ] as [(Double, Int, String)])
    func numbers(value: Double, decimals: Int, expected: String) {
        #expect(text { $0.member("n", value, decimals: decimals) } == "\"n\":" + expected)
    }
}
