import Foundation

/// JSON as the API writes it: names in snake case, times in RFC 3339 with milliseconds.
enum APICoding {
    static func value<Value: Decodable>(
        _ type: Value.Type = Value.self, from bytes: [UInt8], requestID: String? = nil
    ) throws(ClientError) -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            return try Date(container.decode(String.self), strategy: time)
        }
        do {
            return try decoder.decode(Value.self, from: Data(bytes))
        } catch {
            throw .badReply(reason: "it has not the shape of this API", requestID: requestID)
        }
    }

    static func json(of value: some Encodable) throws(ClientError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            // A number that JSON does not have.
            throw .unusable("the request cannot be written as JSON")
        }
    }

    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}
