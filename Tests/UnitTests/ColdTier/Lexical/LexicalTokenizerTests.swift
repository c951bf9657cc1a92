import ColdTier
import Knowledge
import Testing

@Suite struct LexicalTokenizerTests {
    @Test(
        "A word gives itself and its parts",
        arguments: [
            ("libssl.so.3", ["libssl.so.3", "libssl", "so", "3"]),
            ("--legacy-peer-deps", ["--legacy-peer-deps", "legacy", "peer", "deps"]),
            ("0x80070005", ["0x80070005"]),
            ("e404", ["e404"]),
            ("/etc/resolv.conf", ["/etc/resolv.conf", "etc", "resolv.conf", "resolv", "conf"]),
            ("v1.2.3-rc1", ["v1.2.3-rc1", "v1", "2", "3", "rc1"]),
            ("(\"error:\")", ["error"]),
            ("hangs...", ["hangs"]),
            ("c++", ["c++", "c"]),
            ("--proxy=http://x:80/", ["--proxy=http://x:80", "--proxy", "http", "x", "80", "proxy"]),
            ("« où »", ["ou"]),
            ("再起動", ["再起動", "再", "起", "動"]),
            ("-> && || ...", []),
        ])
    func words(_ text: String, _ expected: [String]) {
        #expect(LexicalTokenizer.questionTerms(text.foldedQuestion()) == expected)
    }

    @Test("A term is cut to its limit on a scalar's boundary")
    func longTerm() {
        let terms = LexicalTokenizer.questionTerms(String(repeating: "ж", count: 500))
        #expect(terms == [String(repeating: "ж", count: LexicalTokenizer.maximumTermBytes / 2)])
    }

    @Test("An item keeps a bounded number of terms, and of each a bounded number")
    func bounds() {
        let many = (0..<20_000).map { "w\($0)" }.joined(separator: " ")
        #expect(LexicalTokenizer.itemTerms([many]).count == LexicalTokenizer.maximumItemTerms)
        let same = String(repeating: "again ", count: 100)
        #expect(LexicalTokenizer.itemTerms([same, same]).count == LexicalTokenizer.maximumRepetitions)
        #expect(LexicalTokenizer.questionTerms(many).count == LexicalTokenizer.maximumQuestionTerms)
    }

    @Test("No term holds white space or a control character")
    func separators() {
        let text = "a\u{0}b\u{1}c\u{7F}d\u{A0}e\u{2003}f\tg\nh\u{85}i"
        #expect(LexicalTokenizer.questionTerms(text) == ["a", "b", "c", "d", "e", "f", "g", "h", "i"])
    }

    @Test("Words come out the same on the short way of plain words and on the long one")
    func plainWords() {
        let words = [
            "a", "0", "node18", "UPPER", "x-y", "libssl.so.3", "end.", "(quoted)", "->", "naïve", "日本", "…",
            String(repeating: "w", count: 95), String(repeating: "w", count: 97), String(repeating: "7", count: 300),
        ]
        // A space beyond ASCII leaves no word that is plain from end to end.
        let short = LexicalTokenizer.itemTerms([words.joined(separator: " \t\n ")])
        #expect(short == LexicalTokenizer.itemTerms([words.joined(separator: "\u{3000}")]))
        #expect(short.contains("node18") && short.contains("UPPER"))
        #expect(LexicalTokenizer.itemTerms(["", " ", "\u{3000}"]) == [])
    }
}
