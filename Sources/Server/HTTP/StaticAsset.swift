import CAssets
import HTTPTypes
import Hummingbird
import Knowledge
import NIOCore

/// A file for browsers that is built into the program: the dashboard's page, style, scripts and icon.
struct StaticAsset: Sendable {
    /// Also its last path segment.
    let name: String
    let mediaType: String
    private let bytes: ByteBuffer
    /// Of its content: browsers keep the file and ask whether it is still the same.
    private let entityTag: String

    /// Pages may load and ask this server alone, and be part of no other page.
    private static let contentSecurityPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    static let all: [StaticAsset] = {
        var count = 0
        guard let files = assets_all(&count) else { return [] }
        return UnsafeBufferPointer(start: files, count: count).map(StaticAsset.init)
    }()

    static func named(_ name: String) -> StaticAsset? { all.first { $0.name == name } }

    private init(_ file: asset) {
        name = String(cString: file.name)
        mediaType = String(cString: file.media_type)
        let content = Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
        bytes = ByteBuffer(bytes: content)
        entityTag = "\"" + String(content.withUnsafeBytes { XXH64.hash($0) }, radix: 16) + "\""
    }

    func response(to request: Request) -> Response {
        var headers: HTTPFields = [
            .contentType: mediaType, .eTag: entityTag, .cacheControl: "no-cache", .vary: "Accept",
            .contentSecurityPolicy: Self.contentSecurityPolicy, .xContentTypeOptions: "nosniff",
        ]
        if let field = HTTPField.Name("Referrer-Policy") { headers[field] = "no-referrer" }
        guard request.headers[.ifNoneMatch] != entityTag else {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }
}
