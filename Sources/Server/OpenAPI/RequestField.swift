import Knowledge

/// A field of a request's body or query, as one value: what reads it, what a 422 says of it, and what the description of
/// the interface says of it come from here, so that the three cannot differ.
protocol RequestField: Sendable {
    var name: String { get }
    var isRequired: Bool { get }
    /// Of a value that is there and not `null`.
    var schema: JSONSchema { get }
}

extension RequestField {
    /// As a member of a body, where `null` counts as left out.
    var property: JSONSchema.Property {
        isRequired ? .init(name, schema) : .optional(name, schema.orNull)
    }
}

/// A text.
struct TextField: RequestField {
    let name: String
    let meaning: String
    var isRequired = false
    /// Whether nothing but white space will do.
    var mayBeBlank = false
    /// Of the text, in code points; `nil` where another measure bounds it.
    var maximumCharacters: Int?
    /// Of the text as UTF-8.
    var maximumBytes: Int?
    /// Of the form, where its reader knows only one.
    var pattern: String?
    var example: String?

    var schema: JSONSchema {
        let most = maximumCharacters ?? maximumBytes ?? .max
        var schema = JSONSchema.text(
            meaning, characters: (mayBeBlank ? 0 : 1)...most,
            pattern: pattern ?? (mayBeBlank ? nil : JSONSchema.notBlank))
        if let maximumBytes { schema = schema.with("x-max-bytes", .int(maximumBytes)) }
        return example.map { schema.example(.string($0)) } ?? schema
    }
}

/// A list of texts, none of them blank.
struct TextsField: RequestField {
    let name: String
    let meaning: String
    var isRequired = false
    let maximum: Int
    let maximumCharacters: Int
    var example: [String] = []

    var schema: JSONSchema {
        let element = JSONSchema.text(characters: 1...maximumCharacters, pattern: JSONSchema.notBlank)
        let schema = JSONSchema.list(meaning, of: element, atMost: maximum)
        return example.isEmpty ? schema : schema.example(.array(example.map { .string($0) }))
    }
}

/// A whole number within bounds.
struct WholeNumberField: RequestField {
    let name: String
    let meaning: String
    var isRequired: Bool { false }
    let range: ClosedRange<Int>
    var standard: Int?

    var schema: JSONSchema {
        let schema = JSONSchema.whole(meaning, in: range)
        return standard.map { schema.standard(.int($0)) } ?? schema
    }
}

/// A number within bounds.
struct NumberField: RequestField {
    let name: String
    let meaning: String
    var isRequired: Bool { false }
    let range: ClosedRange<Double>
    var standard: Double?

    var schema: JSONSchema {
        let schema = JSONSchema.number(meaning, in: range)
        return standard.map { schema.standard(.double($0)) } ?? schema
    }
}

/// Yes or no.
struct FlagField: RequestField {
    let name: String
    let meaning: String
    var isRequired = false

    var schema: JSONSchema { .flag(meaning) }
}

/// One of the words that `Choice` knows.
struct ChoiceField<Choice: RawRepresentable & CaseIterable & Sendable>: RequestField where Choice.RawValue == String {
    let name: String
    let meaning: String
    var isRequired = false
    var standard: Choice?

    var schema: JSONSchema {
        let schema = JSONSchema.word(meaning, Choice.allCases.map(\.rawValue))
        return standard.map { schema.standard(.string($0.rawValue)) } ?? schema
    }
}

extension FieldReader {
    mutating func read(_ field: TextField) -> String? {
        if !field.isRequired, value(field.name) == nil { return nil }
        let text =
            field.mayBeBlank
            ? text(field.name, maximum: field.maximumCharacters)
            : requiredText(field.name, maximum: field.maximumCharacters)
        guard let text, let maximum = field.maximumBytes, text.utf8.count > maximum else { return text }
        note(.tooLong(maximum, unit: "bytes", at: location(field.name), input: nil))
        return nil
    }

    mutating func read(_ field: TextsField) -> [String]? {
        if field.isRequired, value(field.name) == nil { note(.missing(at: location(field.name))) }
        return texts(field.name, maximum: field.maximum, maximumCharacters: field.maximumCharacters)
    }

    mutating func read(_ field: WholeNumberField) -> Int? { wholeNumber(field.name, in: field.range) }
    mutating func read(_ field: NumberField) -> Double? { number(field.name, in: field.range) }

    mutating func read(_ field: FlagField) -> Bool? {
        field.isRequired ? requiredFlag(field.name) : flag(field.name)
    }

    mutating func read<Choice>(_ field: ChoiceField<Choice>) -> Choice? {
        if field.isRequired, value(field.name) == nil { note(.missing(at: location(field.name))) }
        return choice(field.name, of: Choice.self)
    }
}
