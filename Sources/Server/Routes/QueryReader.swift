import Foundation
import Hummingbird

/// Reads parameters of a query string and notes what is wrong with them.
///
/// `+` and `%20` are spaces, as forms and most clients send them. A text that is empty counts as left out. A parameter that is
/// given twice, or that is no UTF-8, is refused: guessing which was meant would hide a mistake. Parameters that nobody reads
/// are ignored.
package struct QueryReader {
    private let pairs: [(name: String?, value: String?)]
    private var violations: [FieldViolation] = []

    init(_ request: Request) {
        self.init(query: request.uri.query ?? "")
    }

    /// - Parameter query: what follows the question mark, as it came.
    package init(query: String) {
        pairs = query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decoded(parts[0]), parts.count == 2 ? Self.decoded(parts[1]) : "")
        }
    }

    /// `nil` for what is no UTF-8 once the escapes are undone.
    private static func decoded(_ text: Substring) -> String? {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "%") }) else {
            return String(text)
        }
        return text.replacing("+", with: " ").removingPercentEncoding
    }

    package func check() throws(ContractError) {
        guard violations.isEmpty else { throw .invalid(violations) }
    }

    /// `nil` when left out, empty or wrong.
    package mutating func text(_ name: String) -> String? {
        value(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `nil` when left out or wrong.
    private mutating func value(_ name: String) -> String? {
        let values = pairs.filter { $0.name == name }.map(\.value)
        guard values.count <= 1 else {
            note("value_error", name, "Input should be given once")
            return nil
        }
        guard let first = values.first else { return nil }
        guard let value = first else {
            note("string_unicode", name, "Input should be a valid string, unable to parse raw data as a unicode string")
            return nil
        }
        return value
    }

    mutating func note(_ type: String, _ name: String, _ message: String, input: String? = nil) {
        violations.append(
            FieldViolation(type, at: Self.location(name), message, input: input.map { .string($0) }))
    }

    private static func location(_ name: String) -> [FieldViolation.Step] { [.field("query"), .field(name)] }

    mutating func wholeNumber(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = value(name) else { return nil }
        guard !text.hasPrefix("+"), let number = Int(text) else {
            note(
                "int_parsing", name, "Input should be a valid integer, unable to parse string as an integer",
                input: text)
            return nil
        }
        if number < range.lowerBound {
            note(
                "greater_than_equal", name, "Input should be greater than or equal to \(range.lowerBound)", input: text)
            return nil
        }
        if number > range.upperBound {
            note("less_than_equal", name, "Input should be less than or equal to \(range.upperBound)", input: text)
            return nil
        }
        return number
    }

    mutating func read(_ field: WholeNumberField) -> Int? { wholeNumber(field.name, in: field.range) }

    /// What stands for one that is left out; where there is no such, the least.
    mutating func readOrStandard(_ field: WholeNumberField) -> Int {
        read(field) ?? field.standard ?? field.range.lowerBound
    }

    mutating func read(_ field: TextField) -> String? {
        guard let text = text(field.name) else { return nil }
        if let maximum = field.maximumCharacters, text.unicodeScalars.count > maximum {
            violations.append(.tooLong(maximum, at: Self.location(field.name), input: .string(text)))
            return nil
        }
        return text
    }

    mutating func read<Choice>(_ field: ChoiceField<Choice>) -> Choice? {
        guard let text = value(field.name) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        violations.append(.notChosen(from: Choice.self, at: Self.location(field.name), input: .string(text)))
        return nil
    }

    /// Where a page goes on. `read` makes it of what a reply gave as `next_cursor`.
    mutating func readCursor<Cursor>(_ field: TextField, _ read: (String) -> Cursor?) -> Cursor? {
        guard let text = self.read(field) else { return nil }
        if let cursor = read(text) { return cursor }
        note("value_error", field.name, "Input should be a cursor of a reply", input: text)
        return nil
    }
}
