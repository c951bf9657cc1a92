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

extension JSONWriter {
    /// A member whose name is data, with a number.
    mutating func member(named name: String, _ value: Double, decimals: Int) {
        spliceMember(name, Wording.fixed(value, decimals: decimals))
    }

    /// A member whose name is data, with a value that is JSON already.
    private mutating func spliceMember(_ name: String, _ value: String) {
        var member = JSONWriter(reserving: 64)
        member.member(named: name, "")
        // In place of the empty string stands the value.
        splice(member.bytes.dropLast(2) + Array(value.utf8))
    }
}
