import Knowledge

/// One thing that is wrong with one field of a request, as it stands in the `detail` of a 422.
package struct FieldViolation: Sendable, Hashable {
    package enum Step: Sendable, Hashable {
        case field(String)
        case index(Int)
    }

    /// "missing", "string_too_long", …: what clients switch on.
    package let type: String
    /// From "body" or "query" down to the value.
    package let location: [Step]
    package let message: String
    /// What was sent instead; left out of the reply when long or not a scalar.
    package let input: JSONValue?

    init(_ type: String, at location: [Step], _ message: String, input: JSONValue? = nil) {
        self.type = type
        self.location = location
        self.message = message
        self.input = input
    }

    /// An input longer than this is never sent back.
    static let maximumEchoedCharacters = 200

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("type", type)
            json.array("loc") { json in
                for step in location {
                    switch step {
                    case .field(let name): json.element(name)
                    case .index(let index): json.splice(Array(String(index).utf8))
                    }
                }
            }
            json.member("msg", message)
            echo(to: &json)
        }
    }

    private func echo(to json: inout JSONWriter) {
        switch input {
        case .string(let text) where text.unicodeScalars.count <= Self.maximumEchoedCharacters:
            json.member("input", text)
        case .int(let number): json.member("input", number)
        case .double(let number): json.splice(Array("\"input\":\(number)".utf8))
        case .bool(let flag): json.member("input", flag)
        case .null: json.null("input")
        default: break
        }
    }
}

extension FieldViolation {
    static func missing(at location: [Step]) -> FieldViolation {
        FieldViolation("missing", at: location, "Field required")
    }

    static func tooShort(_ minimum: Int, at location: [Step], input: JSONValue?) -> FieldViolation {
        FieldViolation(
            "string_too_short", at: location,
            "String should have at least \(minimum) character\(minimum == 1 ? "" : "s")", input: input)
    }

    static func tooLong(_ maximum: Int, unit: String = "characters", at location: [Step], input: JSONValue?)
        -> FieldViolation
    {
        FieldViolation(
            "string_too_long", at: location, "String should have at most \(maximum) \(unit)", input: input)
    }

    static func notString(at location: [Step], input: JSONValue?) -> FieldViolation {
        FieldViolation("string_type", at: location, "Input should be a valid string", input: input)
    }

    static func notList(at location: [Step], input: JSONValue?) -> FieldViolation {
        FieldViolation("list_type", at: location, "Input should be a valid list", input: input)
    }

    static func notChosen<Choice: RawRepresentable & CaseIterable>(
        from: Choice.Type, at location: [Step], input: JSONValue
    ) -> FieldViolation where Choice.RawValue == String {
        let names = Choice.allCases.map { "'\($0.rawValue)'" }
        let list = names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
        return FieldViolation("literal_error", at: location, "Input should be \(list)", input: input)
    }

    static func malformed(_ reason: JSONValue.Malformed) -> FieldViolation {
        let message =
            switch reason {
            case .notJSON: "JSON decode error"
            case .tooDeep: "JSON is nested deeper than \(JSONValue.maximumDepth) levels"
            }
        return FieldViolation("json_invalid", at: [.field("body")], message)
    }

    static let notObject = FieldViolation(
        "model_attributes_type", at: [.field("body")],
        "Input should be a valid dictionary or object to extract fields from")

    /// A broken limit of an item's content, found where the content is made.
    init(_ violation: ContentViolation, input: JSONValue? = nil) {
        let location: [Step] = [.field("body"), .field(violation.field)]
        switch violation {
        case .tooShort(_, let minimum): self = .tooShort(minimum, at: location, input: input)
        case .tooLong(_, let maximum, let unit) where unit == "tags":
            self.init("too_long", at: location, "List should have at most \(maximum) items")
        case .tooLong(_, let maximum, let unit):
            self = .tooLong(maximum, unit: unit, at: location, input: nil)
        }
    }
}
