import Foundation
import Server

/// What Foundation's decoder makes of a JSON text, by trying one type after the other: slow, and written by others.
enum DecodedJSON: Decodable {
    case value(JSONValue)

    private var value: JSONValue {
        switch self {
        case .value(let value): value
        }
    }

    /// `nil` for what is no JSON, or is refused: commas before closing brackets, other encodings than UTF-8.
    static func parse(_ bytes: Data) -> JSONValue? {
        isUsual(bytes) ? try? JSONDecoder().decode(DecodedJSON.self, from: bytes).value : nil
    }

    private static func isUsual(_ bytes: Data) -> Bool {
        var isInString = false
        var isEscaped = false
        /// Outside of strings, but for white space.
        var last: UInt8 = 0
        for byte in bytes {
            guard byte != 0 else { return false }
            if isInString {
                isInString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard last != UInt8(ascii: ",") else { return false }
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): continue
            default: break
            }
            last = byte
        }
        return true
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(String.self) {
            self = .value(.string(value))
        } else if let value = try? container.decode([String: DecodedJSON].self) {
            self = .value(.object(value.mapValues(\.value)))
        } else if container.decodeNil() {
            self = .value(.null)
        } else if let value = try? container.decode(Bool.self) {
            self = .value(.bool(value))
        } else if let value = try? container.decode(Int.self) {
            self = .value(.int(value))
        } else if let value = try? container.decode(Double.self) {
            self = .value(.double(value))
        } else {
            self = .value(.array(try container.decode([DecodedJSON].self).map(\.value)))
        }
    }
}
