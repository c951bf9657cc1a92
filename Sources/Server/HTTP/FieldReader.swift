import Knowledge

/// Reads the fields of a JSON object one by one and notes all that is wrong with them.
///
/// `null` counts as left out where a field may be left out. Fields nobody reads are ignored.
struct FieldReader {
    private let fields: [String: JSONValue]
    private(set) var violations: [FieldViolation] = []

    init(_ fields: [String: JSONValue]) {
        self.fields = fields
    }

    mutating func note(_ violation: FieldViolation) {
        violations.append(violation)
    }

    /// Throws everything noted so far as one 422.
    func check() throws(ContractError) {
        guard violations.isEmpty else { throw .invalid(violations) }
    }

    /// The field's value unless it is left out.
    func value(_ name: String) -> JSONValue? {
        let value = fields[name]
        return value == .null ? nil : value
    }

    func location(_ name: String) -> [FieldViolation.Step] { [.field("body"), .field(name)] }

    /// A text that must be there and must not be blank, at most `maximum` code points long.
    mutating func requiredText(_ name: String, maximum: Int? = nil) -> String? {
        guard let value = fields[name] else {
            note(.missing(at: location(name)))
            return nil
        }
        guard case .string(let text) = value else {
            note(.notString(at: location(name), input: value))
            return nil
        }
        guard !text.isBlank else {
            note(.tooShort(1, at: location(name), input: value))
            return nil
        }
        if let maximum, text.unicodeScalars.count > maximum {
            note(.tooLong(maximum, at: location(name), input: value))
            return nil
        }
        return text
    }

    /// A text that may be left out.
    mutating func text(_ name: String, maximum: Int? = nil) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else {
            note(.notString(at: location(name), input: value))
            return nil
        }
        if let maximum, text.unicodeScalars.count > maximum {
            note(.tooLong(maximum, at: location(name), input: value))
            return nil
        }
        return text
    }

    /// A list of texts that may be left out; each not blank and at most `maximumCharacters` code points long.
    mutating func texts(_ name: String, maximum: Int, maximumCharacters: Int) -> [String]? {
        guard let value = value(name) else { return nil }
        guard case .array(let elements) = value else {
            note(.notList(at: location(name), input: value))
            return nil
        }
        guard elements.count <= maximum else {
            note(
                FieldViolation(
                    "too_long", at: location(name),
                    "List should have at most \(maximum) items after validation, not \(elements.count)"))
            return nil
        }
        var texts: [String] = []
        for (index, element) in elements.enumerated() {
            let location = location(name) + [.index(index)]
            switch element {
            case .string(let text) where text.isBlank: note(.tooShort(1, at: location, input: element))
            case .string(let text) where text.unicodeScalars.count > maximumCharacters:
                note(.tooLong(maximumCharacters, at: location, input: element))
            case .string(let text): texts.append(text)
            default: note(.notString(at: location, input: element))
            }
        }
        return texts
    }

    mutating func wholeNumber(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = value(name) else { return nil }
        guard case .int(let number) = value else {
            note(FieldViolation("int_type", at: location(name), "Input should be a valid integer", input: value))
            return nil
        }
        guard checkBounds(Double(number), Double(range.lowerBound)...Double(range.upperBound), name, value) else {
            return nil
        }
        return number
    }

    mutating func number(_ name: String, in range: ClosedRange<Double>) -> Double? {
        let number: Double
        switch value(name) {
        case nil: return nil
        case .int(let whole): number = Double(whole)
        case .double(let fraction): number = fraction
        case let other:
            note(FieldViolation("float_type", at: location(name), "Input should be a valid number", input: other))
            return nil
        }
        return checkBounds(number, range, name, value(name)) ? number : nil
    }

    private mutating func checkBounds(
        _ number: Double, _ range: ClosedRange<Double>, _ name: String, _ value: JSONValue?
    ) -> Bool {
        func plain(_ bound: Double) -> String { bound == bound.rounded() ? String(Int(bound)) : String(bound) }
        if number < range.lowerBound {
            note(
                FieldViolation(
                    "greater_than_equal", at: location(name),
                    "Input should be greater than or equal to \(plain(range.lowerBound))", input: value))
            return false
        }
        if number > range.upperBound {
            note(
                FieldViolation(
                    "less_than_equal", at: location(name),
                    "Input should be less than or equal to \(plain(range.upperBound))", input: value))
            return false
        }
        return true
    }

    /// A flag that must be there.
    mutating func requiredFlag(_ name: String) -> Bool? {
        guard let value = fields[name] else {
            note(.missing(at: location(name)))
            return nil
        }
        guard case .bool(let flag) = value else {
            note(FieldViolation("bool_type", at: location(name), "Input should be a valid boolean", input: value))
            return nil
        }
        return flag
    }

    mutating func flag(_ name: String) -> Bool? {
        value(name) == nil ? nil : requiredFlag(name)
    }

    /// One of the raw values of `Choice`.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, of: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        guard let value = value(name) else { return nil }
        if case .string(let text) = value, let choice = Choice(rawValue: text) { return choice }
        note(.notChosen(from: Choice.self, at: location(name), input: value))
        return nil
    }
}
