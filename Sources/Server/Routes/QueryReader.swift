import Hummingbird

/// Reads parameters of a query string and notes what is wrong with them.
struct QueryReader {
    private let request: Request
    private var violations: [FieldViolation] = []

    init(_ request: Request) {
        self.request = request
    }

    func check() throws(ContractError) {
        guard violations.isEmpty else { throw .invalid(violations) }
    }

    /// `nil` when left out or empty.
    func text(_ name: String) -> String? {
        guard let value = request.uri.queryParameters.get(name), !value.isEmpty else { return nil }
        return value
    }

    mutating func note(_ type: String, _ name: String, _ message: String) {
        violations.append(
            FieldViolation(
                type, at: [.field("query"), .field(name)], message, input: text(name).map { .string($0) }))
    }

    mutating func wholeNumber(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text) else {
            note("int_parsing", name, "Input should be a valid integer, unable to parse string as an integer")
            return nil
        }
        if number < range.lowerBound {
            note("greater_than_equal", name, "Input should be greater than or equal to \(range.lowerBound)")
            return nil
        }
        if number > range.upperBound {
            note("less_than_equal", name, "Input should be less than or equal to \(range.upperBound)")
            return nil
        }
        return number
    }
}
