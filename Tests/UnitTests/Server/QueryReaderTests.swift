import Server
import Testing

@Suite("Parameters of a query")
struct QueryReaderTests {
    private func read(_ query: String) -> (text: String?, violations: [String]) {
        var reader = QueryReader(query: query)
        let text = reader.text("q")
        do throws(ContractError) {
            try reader.check()
            return (text, [])
        } catch {
            return (text, error.violations.map(\.type))
        }
    }

    @Test(
        "Escapes and plus signs are undone, what is left out or empty is nothing",
        arguments: [
            ("q=a+b", "a b"), ("q=a%20b%2Bc", "a b+c"), ("q=%C3%A9", "é"), ("x=1&q=y&z", "y"), ("%71=name", "name"),
            ("q=a=b", "a=b"), ("q", nil), ("q=", nil), ("", nil), ("&&", nil), ("Q=other", nil),
        ] as [(String, String?)])
    func values(query: String, value: String?) {
        #expect(read(query).text == value)
        #expect(read(query).violations == [])
    }

    @Test(
        "What is given twice or is no UTF-8 is refused, but only if somebody reads it",
        arguments: [
            ("q=1&q=2", ["value_error"]), ("q=%ff", ["string_unicode"]), ("q=%zz", ["string_unicode"]),
            ("x=1&x=2&y=%ff&%ff=1", []),
        ])
    func refused(query: String, violations: [String]) {
        #expect(read(query).violations == violations)
        #expect(read(query).text == nil)
    }
}
