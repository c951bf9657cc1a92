import Knowledge

/// A JSON value whose members keep their order: what the description of the interface is made of.
indirect enum JSONTree: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSONTree])
    case object([Member])
    /// JSON text that is written as it stands: an example, as a client would see it.
    case text(String)

    struct Member: Sendable, Hashable {
        let name: String
        let value: JSONTree

        init(_ name: String, _ value: JSONTree) {
            self.name = name
            self.value = value
        }
    }

    /// Decimals of a number; none here has more.
    private static let decimals = 6

    func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.splice(Array("null".utf8))
        case .bool(let flag): json.splice(Array((flag ? "true" : "false").utf8))
        case .int(let number): json.splice(Array(String(number).utf8))
        case .double(let number): json.element(number, decimals: Self.decimals)
        case .string(let text): json.element(text)
        case .array(let elements):
            json.array { json in
                for element in elements { element.write(to: &json) }
            }
        case .object(let members):
            json.object { json in
                for member in members {
                    json.name(member.name)
                    member.value.write(to: &json)
                }
            }
        case .text(let text): json.splice(Array(text.utf8))
        }
    }
}

extension JSONTree: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .int(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSONTree...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONTree)...) { self = .object(elements.map { Member($0, $1) }) }
}
