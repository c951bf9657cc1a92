import Foundation
import HTTPTypes

extension HTTPField.Name {
    /// The text is a valid name, so what stands for an invalid one is never used.
    static let xRequestID = HTTPField.Name("X-Request-ID") ?? .trailer
    static let xAPIKey = HTTPField.Name("X-API-Key") ?? .trailer
}

/// The media types that are sent and taken.
enum MediaTypes {
    static let json = "application/json"
    static let ndjson = "application/x-ndjson"
    static let prometheus = "text/plain; version=0.0.4; charset=utf-8"
    static let openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"

    /// The media type of a `Content-Type` value without its parameters, in lower case.
    static func essence(_ contentType: String) -> String {
        // Mostly there is nothing to be changed.
        if contentType.utf8.allSatisfy(isPlain) { return contentType }
        return contentType.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-")...UInt8(ascii: "9"), UInt8(ascii: "+"): true
        default: false
        }
    }

    static func isJSON(_ contentType: String) -> Bool {
        let type = essence(contentType)
        return type == json || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    }

    static func isNDJSON(_ contentType: String) -> Bool {
        [ndjson, "application/ndjson", "application/jsonl", "application/json-lines", json]
            .contains(essence(contentType))
    }
}
