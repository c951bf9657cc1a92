import Foundation

/// The message of an error as the API sends it.
struct ErrorReply {
    let message: String

    /// `nil` when it is no such error.
    init?(json bytes: [UInt8]) {
        struct Body: Decodable {
            struct Fault: Decodable { let message: String }
            let error: Fault
        }
        guard let body = try? JSONDecoder().decode(Body.self, from: Data(bytes)) else { return nil }
        message = body.error.message
    }
}
