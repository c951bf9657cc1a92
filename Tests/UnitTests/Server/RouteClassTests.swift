import Access
import HTTPTypes
import Server
import Testing

@Suite("What requests cost") struct RouteClassTests {
    @Test("Probes are free, reads and questions cheap, writes dearer, bulk and administration dearest")
    func classes() {
        let expected: [(HTTPRequest.Method, String, RouteAccess, Bool, RouteClass)] = [
            (.get, "/health/live", .anyone, true, .probe), (.get, "/metrics", .operator, true, .probe),
            (.post, "/troubleshoot", .reader, false, .read), (.get, "/knowledge/{id}", .reader, false, .read),
            (.get, "/tiers", .admin, false, .read), (.post, "/tiers/hot/search", .admin, false, .read),
            (.post, "/feedback", .reader, false, .read), (.put, "/knowledge/{id}", .writer, false, .write),
            (.post, "/knowledge", .writer, false, .write), (.post, "/knowledge/bulk", .writer, false, .bulk),
            (.get, "/knowledge/export", .reader, false, .bulk), (.post, "/tiers/{tier}/flush", .admin, false, .bulk),
            (.post, "/admin/backup", .operator, false, .bulk),
        ]
        for (method, path, access, isProbe, kind) in expected {
            for prefix in ["", "/api/v1"] {
                #expect(RouteClass(method, prefix + path, access, isProbe: isProbe) == kind, "\(method) \(path)")
            }
        }
        #expect(RouteClass.allCases.map(\.cost) == [0, 1, 2, 10])
    }
}
