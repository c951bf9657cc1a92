import HTTPTypes
import Server
import Testing

@Suite("Methods of paths")
struct RouteListTests {
    private let routes: RouteList = {
        var routes = RouteList()
        routes.add("/api/v1/knowledge", [.post], for: .writer)
        routes.add("/api/v1/knowledge", [.get], for: .reader)
        routes.add("/api/v1/knowledge/{id}", [.get], for: .reader)
        routes.add("/api/v1/knowledge/{id}", [.delete], for: .writer)
        routes.add("/api/v1/knowledge/bulk", [.post], for: .writer)
        routes.add("/health", [.get], for: .anyone, isProbe: true)
        return routes
    }()

    @Test("A path takes the methods of all its routes, and HEAD where it takes GET")
    func methods() {
        #expect(routes.methods(for: "/api/v1/knowledge") == ["GET", "HEAD", "POST"])
        #expect(routes.methods(for: "/api/v1/knowledge/17") == ["DELETE", "GET", "HEAD"])
        #expect(routes.methods(for: "/api/v1/knowledge/") == ["GET", "HEAD", "POST"])
    }

    @Test("A name goes before a variable, as in the router")
    func names() {
        #expect(routes.methods(for: "/api/v1/knowledge/bulk") == ["POST"])
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

    @Test("What is open is told by its exact path alone")
    func open() {
        #expect(routes.openPaths == ["/health", "/health/"])
        #expect(routes.routes.map(\.access) == [.writer, .reader, .reader, .writer, .writer, .anyone])
    }
}
