import HTTPTypes
import Server
import Testing

@Suite("Methods of paths")
struct RouteListTests {
    private let routes: RouteList = {
        var routes = RouteList()
        routes.add("/api/v1/knowledge", [.post])
        routes.add("/api/v1/knowledge", [.get])
        routes.add("/api/v1/knowledge/{id}", [.get])
        routes.add("/api/v1/knowledge/{id}", [.delete])
        routes.add("/api/v1/knowledge/bulk", [.post])
        routes.add("/health", [.get], isProbe: true)
        return routes
    }()

    @Test("A path takes the methods of all its routes, and HEAD where it takes GET")
    func methods() {
        #expect(routes.methods(for: "/api/v1/knowledge") == ["GET", "HEAD", "POST"])
        #expect(routes.methods(for: "/api/v1/knowledge/17") == ["DELETE", "GET", "HEAD"])
        #expect(routes.methods(for: "/api/v1/knowledge/") == ["GET", "HEAD", "POST"])
    }

    @Test("A path that nothing answers takes none", arguments: ["/nothing", "/api/v1", "/api/v1/knowledge/1/2", "/"])
    func unknown(path: String) {
        #expect(routes.methods(for: path) == [])
    }

    @Test("Probes are told from questions")
    func probes() {
        #expect(routes.isProbe("/health"))
        #expect(!routes.isProbe("/api/v1/knowledge"))
    }
}
