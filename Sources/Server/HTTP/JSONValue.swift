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

    /// Reads one JSON text; see `JSONReader`.
    package static func parse(_ bytes: some ContiguousBytes) throws(Malformed) -> JSONValue {
        try bytes.withUnsafeBytes { bytes in
            Result { () throws(Malformed) in try JSONReader.read(bytes) }
        }.get()
    }

    /// Reads one JSON object; what is wrong with it is what the client is told.
    package static func object(_ bytes: some ContiguousBytes) throws(ContractError) -> [String: JSONValue] {
        let value: JSONValue
        do {
            value = try parse(bytes)
        } catch {
            throw .invalid(.malformed(error))
        }
        guard case .object(let fields) = value else { throw .invalid(.notObject) }
        return fields
    }
}
