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
        contentType.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
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
