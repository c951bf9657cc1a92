import Foundation
import Knowledge
import Testing

@Suite("Text folding")
struct TextFoldingTests {
    @Test(
        "Questions that differ in case, accents and white space are one question",
        arguments: [
            ("  NPM   install\thangs\n", "npm install hangs"),
            ("Café CRÈME", "cafe creme"),
            ("cafe\u{301}", "cafe"),
            ("ÅNGSTRÖM\u{a0}x", "angstrom x"),
            ("", ""),
            (" \u{2003}\n ", ""),
            ("git branch -D", "git branch -d"),
        ])
    func questions(text: String, folded: String) {
        #expect(text.foldedQuestion() == folded)
    }

    @Test(
        "What encoder or tokeniser could tell apart is kept",
        arguments: ["don't", "a-b_c/d.e", "日本語", "x²", "--flag=1"])
    func kept(text: String) {
        #expect(text.foldedQuestion() == text)
    }

    @Test("Folding twice is folding once", arguments: ["İstanbul", "ẞtraße", "ΑΣ ς", "e\u{301}\u{327}", "ﬁ\u{200d}x"])
    func idempotent(text: String) {
        #expect(text.foldedQuestion().foldedQuestion() == text.foldedQuestion())
    }

    @Test("An issue keeps its case and accents")
    func issues() {
        #expect(
            " git  branch -D\u{301} ".foldingWhiteSpace()
                == "git branch -D\u{301}".precomposedStringWithCanonicalMapping)
    }

    @Test(
        "White space is folded and nothing else",
        arguments: [
            ("a b", "a b"), (" a", "a"), ("a ", "a"), ("a  b", "a b"), ("a\tb", "a b"), ("a\nb", "a b"), ("", ""),
            (" ", ""), ("a \u{1F}b", "a \u{1F}b"), ("é  b ", "é b"), ("a\u{A0}b", "a b"), ("\u{7F}", "\u{7F}"),
            ("A B", "A B"),
        ])
    func whiteSpace(text: String, folded: String) {
        #expect(text.foldingWhiteSpace() == folded)
        #expect(text[...].foldingWhiteSpace() == folded)
    }

    @Test("Only white space and control characters are blank")
    func blank() {
        #expect(" \n\t\u{a0}\u{0}".isBlank)
        #expect(!".".isBlank)
    }
}
