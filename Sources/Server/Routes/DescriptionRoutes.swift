import HTTPTypes
import Hummingbird
import NIOCore

/// `/openapi.json`, and `/docs`, the page that shows it: at the root too, where people and programs look first.
struct DescriptionRoutes: Sendable {
    let parts: ServerParts

    private static let path = "/openapi.json"

    /// Comes last: it describes all routes, its own among them.
    func register(in routes: inout Routes) {
        if let page = StaticAsset.named("docs.html") {
            // A page that asks for a key cannot want one itself; it tells nothing of what is stored.
            routes.on(.get, "/docs", for: .anyone, alsoWithoutPrefix: true) { request, _ in page.response(to: request) }
        }
        var list = routes.list
        list.add(Routes.prefix + Self.path, [.get], for: .reader)
        list.add(Self.path, [.get], for: .reader)
        routes.on(.get, Self.path, for: .reader, alsoWithoutPrefix: true) { [list, parts] _, _ in
            // Made when asked for, which is rare: some of its bounds are settings.
            let bytes = OpenAPIDocument(list, parts.interfaceBounds).bytes
            return Response(
                status: .ok, headers: [.contentType: MediaTypes.json],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        }
    }
}
