import Foundation
import NIOHTTP1

/// An error as the server says it.
public struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// One field that is not valid.
    public struct Violation: Sendable, Hashable {
        /// Where it is: "body.tags.2".
        public let location: String
        public let type: String
        public let message: String
    }

    /// Of HTTP.
    public let status: Int
    /// For programs: "VALIDATION", "NOT_FOUND", … or "HTTP_502" when the reply was none of this API, a proxy's perhaps.
    public let code: String
    /// For people.
    public let message: String
    /// Further facts by name, such as the item's version after a conflict.
    public let details: [String: String]
    /// Of a 422.
    public let violations: [Violation]
    /// Finds the request in the server's log.
    public let requestID: String?
    /// How long the server asks not to be asked again.
    public let retryAfter: Duration?
    /// Which attempt it answers, from 1.
    let attempt: Int
    /// The reply as it came, within its limit.
    let body: [UInt8]

    public var description: String {
        "\(status) \(code): \(message)" + (requestID.map { " (request \($0))" } ?? "")
    }

    init(
        status: HTTPResponseStatus, headers: HTTPHeaders, body: [UInt8], attempt: Int, now: Date = Date()
    ) {
        let reply = try? JSONDecoder().decode(Body.self, from: Data(body))
        self.status = Int(status.code)
        code = reply?.error.code ?? "HTTP_\(status.code)"
        message = reply?.error.message ?? status.reasonPhrase
        details = reply?.error.details ?? [:]
        violations = reply?.detail.violations ?? []
        requestID = reply?.error.requestID ?? headers.first(name: "x-request-id")
        retryAfter = headers.first(name: "retry-after").flatMap { Self.retryAfter($0, now: now) }
        self.attempt = attempt
        self.body = body
    }

    /// Seconds or a date of HTTP (RFC 9110, 10.2.3); a date in the past is no wait.
    static func retryAfter(_ text: String, now: Date) -> Duration? {
        let text = text.trimmingCharacters(in: .whitespaces)
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            return Int(text).map { .seconds($0) }
        }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.date(from: text).map { .seconds(max(0, $0.timeIntervalSince(now))) }
    }

    private struct Body: Decodable {
        struct Fault: Decodable {
            let code: String
            let message: String
            let details: [String: String]?
            let requestID: String?

            enum CodingKeys: String, CodingKey {
                case code
                case message
                case details
                case requestID = "request_id"
            }
        }
        let detail: Detail
        let error: Fault
    }

    /// A text, or of a 422 a list.
    private struct Detail: Decodable {
        let violations: [Violation]

        private struct Entry: Decodable {
            let type: String
            let loc: [Step]
            let msg: String
        }

        private struct Step: Decodable {
            let text: String

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let index = try? container.decode(Int.self) {
                    text = String(index)
                } else {
                    text = try container.decode(String.self)
                }
            }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let entries = (try? container.decode([Entry].self)) ?? []
            violations = entries.map { entry in
                Violation(
                    location: entry.loc.map(\.text).joined(separator: "."), type: entry.type, message: entry.msg)
            }
        }
    }
}
