import HTTPTypes
import Hummingbird
import Knowledge
import NIOCore

extension Response {
    /// A reply of one JSON object.
    static func json(
        _ status: HTTPResponse.Status = .ok, reserving capacity: Int = 1_024, headers: HTTPFields = [:],
        _ members: (inout JSONWriter) -> Void
    ) -> Response {
        var json = JSONWriter(reserving: capacity)
        json.object(nil, members)
        var headers = headers
        headers[.contentType] = MediaTypes.json
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }
}
