import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOFoundationCompat

/// How much of a request is taken in.
package enum RequestBodyLimits {
    /// Of a body that is read whole: an item of the largest size, escaped, fits several times.
    package static let maximumBytes = 1 << 20
    /// Up to here a body is read in the time that an event loop has for one request; a MiB takes milliseconds.
    static let quickBytes = 64 << 10
    /// Of one line of a stream: the same item, and the same reason.
    package static let maximumLineBytes = 1 << 20
}

extension Request {
    /// The body as one JSON object; `nil` when there is none and none need be.
    func jsonObject(isOptional: Bool) async throws -> [String: JSONValue]? {
        guard isOptional, headers[.contentType] == nil else { return try await jsonObject() }
        guard try await body.collect(upTo: RequestBodyLimits.maximumBytes).readableBytes == 0 else {
            throw ContractError.wrongMediaType(wanted: MediaTypes.json)
        }
        return nil
    }

    /// The body as one JSON object.
    func jsonObject() async throws -> [String: JSONValue] {
        guard let type = headers[.contentType], MediaTypes.isJSON(type) else {
            throw ContractError.wrongMediaType(wanted: MediaTypes.json)
        }
        let limit = RequestBodyLimits.maximumBytes
        if let announced = headers[.contentLength].flatMap({ Int($0) }), announced > limit {
            throw ContractError.bodyTooLarge(limit: limit)
        }
        let buffer = try await body.collect(upTo: limit)
        let place: HandlerPlace = buffer.readableBytes > RequestBodyLimits.quickBytes ? .sharedThreads : .eventLoop
        return try await place.run { try JSONValue.object(buffer.readableBytesView) }
    }
}
