import Foundation
import Knowledge
import Server
import Testing

/// Bodies of `POST /troubleshoot` and what is wrong with them.
@Suite("Validation of a question")
struct QuestionRequestTests {
    /// The violations of a body as `type at location`.
    private func violations(_ body: String, maximum: Int = 1_000) -> [String] {
        do {
            _ = try QuestionRequest(JSONValue.object(Data(body.utf8)), maximumCharacters: maximum)
            return []
        } catch {
            return error.violations.map { violation in
                let location = violation.location.map { step in
                    switch step {
                    case .field(let name): name
                    case .index(let index): String(index)
                    }
                }
                return violation.type + " " + location.joined(separator: ".")
            }
        }
    }

    @Test(
        "Each mistake is told by its type and place",
        arguments: [
            (#"{}"#, ["missing body.text"]),
            (#"{"text":null}"#, ["string_type body.text"]),
            (#"{"text":7}"#, ["string_type body.text"]),
            (#"{"text":["x"]}"#, ["string_type body.text"]),
            (#"{"text":""}"#, ["string_too_short body.text"]),
            (#"{"text":" \t\n "}"#, ["string_too_short body.text"]),
            (#"{"text":"x","top_k":0}"#, ["greater_than_equal body.top_k"]),
            (#"{"text":"x","top_k":21}"#, ["less_than_equal body.top_k"]),
            (#"{"text":"x","top_k":"5"}"#, ["int_type body.top_k"]),
            (#"{"text":"x","top_k":2.5}"#, ["int_type body.top_k"]),
            (#"{"text":"x","top_k":true}"#, ["int_type body.top_k"]),
            (#"{"text":"x","min_score":-0.1}"#, ["greater_than_equal body.min_score"]),
            (#"{"text":"x","min_score":1.5}"#, ["less_than_equal body.min_score"]),
            (#"{"text":"x","min_score":"a"}"#, ["float_type body.min_score"]),
            (#"{"text":"x","category":4}"#, ["string_type body.category"]),
            (#"{"text":"x","tags":"a"}"#, ["list_type body.tags"]),
            (#"{"text":"x","tags":["a",3]}"#, ["string_type body.tags.1"]),
            (#"{"text":"x","tags":[" "]}"#, ["string_too_short body.tags.0"]),
            (#"{"text":"x","strategy":"fast"}"#, ["literal_error body.strategy"]),
            (#"{"text":"x","explain":"yes"}"#, ["bool_type body.explain"]),
            (#"{"text":"x","cache":"no"}"#, ["literal_error body.cache"]),
            (#"{"text":"x","semantic_threshold":2}"#, ["less_than_equal body.semantic_threshold"]),
            (#"{"text":"x","semantic_threshold":-0.1}"#, ["greater_than_equal body.semantic_threshold"]),
            (#"{"text":"x","semantic_threshold":"0.9"}"#, ["float_type body.semantic_threshold"]),
            (#"{"top_k":99,"tags":1}"#, ["missing body.text", "less_than_equal body.top_k", "list_type body.tags"]),
            (#"["text"]"#, ["model_attributes_type body"]),
            (#"{"text":"x""#, ["json_invalid body"]),
            (#"{"text":"\ud800"}"#, ["json_invalid body"]),
            (#"not json"#, ["json_invalid body"]),
            (#""#, ["json_invalid body"]),
        ])
    func mistakes(body: String, expected: [String]) {
        #expect(violations(body) == expected)
    }

    @Test(
        "What the contract allows passes",
        arguments: [
            #"{"text":"x"}"#, #"{"text":"x","unknown":{"a":[1]}}"#, #"{"text":"x","top_k":20,"min_score":1}"#,
            #"{"text":"x","tags":[],"category":null,"strategy":"hybrid","explain":true,"cache":"bypass"}"#,
            #"{"text":"x","top_k":5.0}"#, #"{"text":"x","semantic_threshold":0.1}"#,
            #"{"text":"x","semantic_threshold":null}"#,
        ])
    func allowed(body: String) {
        #expect(violations(body) == [])
    }

    @Test("Length is counted in code points")
    func codePoints() {
        // Two code points each, one character to a reader, eight bytes.
        let flag = "🇩🇪"
        #expect(violations(#"{"text":"\#(String(repeating: flag, count: 5))"}"#, maximum: 10) == [])
        #expect(
            violations(#"{"text":"\#(String(repeating: flag, count: 5))x"}"#, maximum: 10)
                == ["string_too_long body.text"])
    }

    @Test("Nesting beyond the limit is refused without using up the stack")
    func nesting() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(violations(#"{"text":"x","a":"# + deep) == ["json_invalid body"])
        #expect(violations(#"{"text":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}"#) == [])
    }

    @Test("An input is sent back only while it is short")
    func echo() {
        func body(_ text: String) -> String {
            do {
                _ = try QuestionRequest(["text": .string(text)], maximumCharacters: 10)
                return ""
            } catch {
                return String(decoding: error.body(requestID: "r"), as: UTF8.self)
            }
        }
        #expect(body(String(repeating: "a", count: 200)).contains(#""input":"aaa"#))
        #expect(!body(String(repeating: "a", count: 201)).contains(#""input""#))
        #expect(!body(String(repeating: "a", count: 201)).contains("aaaa"))
    }

    @Test("The caller's own text is kept verbatim")
    func verbatim() throws {
        let request = try QuestionRequest(["text": .string("  NPM  Hängt ")], maximumCharacters: 100)
        #expect(request.question.text == "  NPM  Hängt ")
        #expect(request.question.folded == "npm hangt")
    }
}
