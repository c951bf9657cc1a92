import HTTPTypes
import Hummingbird
import NIOCore

/// `/openapi.json`, and `/docs` that shows it: at the root too, where people and programs look first.
struct DescriptionRoutes: Sendable {
    let parts: ServerParts

    private static let path = "/openapi.json"

    /// Comes last: it describes all routes, its own among them.
    func register(in routes: inout Routes) {
        for file in DocsFile.all {
            // A page that asks for a key cannot want one itself; it tells nothing of what is stored.
            routes.on(.get, file.path, for: .anyone, alsoWithoutPrefix: true) { _, _ in
                Self.reply(file.mediaType, file.bytes)
            }
        }
        var list = routes.list
        list.add(Routes.prefix + Self.path, [.get], for: .reader)
        list.add(Self.path, [.get], for: .reader)
        routes.on(.get, Self.path, for: .reader, alsoWithoutPrefix: true) { [list, parts] _, _ in
            // Made when asked for, which is rare: some of its bounds are settings.
            Self.reply(MediaTypes.json, OpenAPIDocument(list, parts.interfaceBounds).bytes)
        }
    }

    private static func reply(_ mediaType: String, _ bytes: [UInt8]) -> Response {
        Response(
            status: .ok, headers: [.contentType: mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
