/// A schema of JSON Schema 2020-12, the dialect of OpenAPI 3.1, with its keywords in the order they were said.
struct JSONSchema: Sendable, Hashable {
    private(set) var members: [JSONTree.Member]

    private init(_ type: JSONTree, _ meaning: String, _ members: [JSONTree.Member?] = []) {
        self.members = [JSONTree.Member("type", type)]
        if !meaning.isEmpty { self.members.append(JSONTree.Member("description", .string(meaning))) }
        self.members += members.compactMap { $0 }
    }

    var tree: JSONTree { .object(members) }

    /// A text with something in it besides white space and control characters, as `isBlank` sees it.
    static let notBlank = #"[^\s\u0000-\u001f\u007f-\u009f]"#

    /// - Parameter characters: bounds in code points.
    static func text(
        _ meaning: String = "", characters: ClosedRange<Int>? = nil, pattern: String? = nil, format: String? = nil
    ) -> JSONSchema {
        JSONSchema(
            "string", meaning,
            [
                characters.flatMap { $0.lowerBound == 0 ? nil : .init("minLength", .int($0.lowerBound)) },
                characters.flatMap { $0.upperBound == .max ? nil : .init("maxLength", .int($0.upperBound)) },
                pattern.map { .init("pattern", .string($0)) },
                format.map { .init("format", .string($0)) },
            ])
    }

    /// One of some words.
    static func word(_ meaning: String, _ words: [String]) -> JSONSchema {
        JSONSchema("string", meaning, [.init("enum", .array(words.map { .string($0) }))])
    }

    static func whole(_ meaning: String = "", in range: ClosedRange<Int>? = nil) -> JSONSchema {
        JSONSchema("integer", meaning, bounds(range, isUnbounded: { $0 == .min || $0 == .max }) { .int($0) })
    }

    static func number(_ meaning: String = "", in range: ClosedRange<Double>? = nil) -> JSONSchema {
        JSONSchema("number", meaning, bounds(range, isUnbounded: \.isInfinite) { .double($0) })
    }

    private static func bounds<Bound>(
        _ range: ClosedRange<Bound>?, isUnbounded: (Bound) -> Bool, _ tree: (Bound) -> JSONTree
    ) -> [JSONTree.Member?] {
        guard let range else { return [] }
        return [
            isUnbounded(range.lowerBound) ? nil : .init("minimum", tree(range.lowerBound)),
            isUnbounded(range.upperBound) ? nil : .init("maximum", tree(range.upperBound)),
        ]
    }

    static func flag(_ meaning: String = "") -> JSONSchema { JSONSchema("boolean", meaning) }
    static let nothing = JSONSchema("null", "")

    /// Whatever there is.
    static let anything: JSONSchema = {
        var schema = JSONSchema("object", "")
        schema.members = []
        return schema
    }()

    static func list(_ meaning: String = "", of element: JSONSchema, atMost maximum: Int? = nil) -> JSONSchema {
        JSONSchema(
            "array", meaning,
            [.init("items", element.tree), maximum.map { .init("maxItems", .int($0)) }])
    }

    static func object(_ properties: [Property]) -> JSONSchema { object("", properties) }

    static func object(_ meaning: String, _ properties: [Property]) -> JSONSchema {
        let required = properties.filter(\.isRequired).map { JSONTree.string($0.name) }
        return JSONSchema(
            "object", meaning,
            [
                .init("properties", .object(properties.map { JSONTree.Member($0.name, $0.schema.tree) })),
                required.isEmpty ? nil : .init("required", .array(required)),
            ])
    }

    /// An object whose member names are data.
    static func table(_ meaning: String = "", of element: JSONSchema) -> JSONSchema {
        JSONSchema("object", meaning, [.init("additionalProperties", element.tree)])
    }

    /// The schema of that name in the document.
    static func named(_ name: SchemaName) -> JSONSchema {
        var schema = JSONSchema("object", "")
        schema.members = [.init("$ref", .string("#/components/schemas/" + name.rawValue))]
        return schema
    }

    /// A value that fits any of these.
    static func any(_ meaning: String, of schemas: [JSONSchema]) -> JSONSchema {
        var schema = JSONSchema("object", meaning)
        schema.members.removeFirst()
        schema.members.append(.init("anyOf", .array(schemas.map(\.tree))))
        return schema
    }

    /// The same, or `null`.
    var orNull: JSONSchema {
        var schema = self
        for (index, member) in members.enumerated() {
            switch (member.name, member.value) {
            case ("type", let type): schema.members[index] = .init("type", .array([type, "null"]))
            case ("enum", .array(let words)): schema.members[index] = .init("enum", .array(words + [.null]))
            default: break
            }
        }
        return schema
    }

    func with(_ name: String, _ value: JSONTree) -> JSONSchema {
        var schema = self
        schema.members.append(.init(name, value))
        return schema
    }

    func example(_ value: JSONTree) -> JSONSchema { with("examples", .array([value])) }
    func standard(_ value: JSONTree) -> JSONSchema { with("default", value) }

    /// A member of an object.
    struct Property: Sendable {
        let name: String
        let schema: JSONSchema
        let isRequired: Bool

        init(_ name: String, _ schema: JSONSchema) {
            self.name = name
            self.schema = schema
            isRequired = true
        }

        private init(optional name: String, _ schema: JSONSchema) {
            self.name = name
            self.schema = schema
            isRequired = false
        }

        /// One that is left out where it has nothing to say.
        static func optional(_ name: String, _ schema: JSONSchema) -> Property { Property(optional: name, schema) }
    }
}
