package import Foundation

/// A JSON text of unknown shape, so that what is wrong with a request can be said field by field.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Requests need three levels; the limit keeps a hostile body from using up the stack.
    package static let maximumDepth = 32

    /// Why a text was refused.
    package enum Malformed: Error, Sendable, Hashable {
        case notJSON
        case tooDeep
    }

    /// Reads one JSON text (RFC 8259, UTF-8).
    package static func parse(_ bytes: Data) throws(Malformed) -> JSONValue {
        try check(bytes)
        do {
            return try JSONDecoder().decode(JSONValue.self, from: bytes)
        } catch {
            throw .notJSON
        }
    }

    /// Reads one JSON object; what is wrong with it is what the client is told.
    package static func object(_ bytes: Data) throws(ContractError) -> [String: JSONValue] {
        let value: JSONValue
        do {
            value = try parse(bytes)
        } catch {
            throw .invalid(.malformed(error))
        }
        guard case .object(let fields) = value else { throw .invalid(.notObject) }
        return fields
    }

    /// Looks for what the decoder would let pass, or could not bear: deep nesting, a comma before a closing bracket, and
    /// UTF-16 or UTF-32, in which half of the bytes or more are 0.
    private static func check(_ bytes: Data) throws(Malformed) {
        var depth = 0
        var isInString = false
        var isEscaped = false
        /// Outside of strings, but for white space.
        var last: UInt8 = 0
        for byte in bytes {
            guard byte != 0 else { throw .notJSON }
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                guard depth <= maximumDepth else { throw .tooDeep }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                guard last != UInt8(ascii: ",") else { throw .notJSON }
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): continue
            default: break
            }
            last = byte
        }
    }
}

extension JSONValue: Decodable {
    /// Tries the types in the order in which requests have them, for a failed try costs an error.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([String: JSONValue].self) {
            self = .object(value)
        } else if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .int(value)
        } else if let value = try? container.decode(Double.self) {
            self = .double(value)
        } else {
            self = .array(try container.decode([JSONValue].self))
        }
    }
}
