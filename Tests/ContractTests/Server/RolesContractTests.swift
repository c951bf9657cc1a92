import Foundation
import Knowledge
import Server
import TestSupport
import Testing

@Suite("Who may what")
struct RolesContractTests {
    /// Makes a key through the API and returns it.
    static func key(_ server: ServerUnderTest, _ role: String, tenant: String = "default") async throws -> String {
        let reply = try await server.post("/api/v1/admin/keys", #"{"role":"\#(role)","tenant":"\#(tenant)"}"#)
        #expect(reply.status == 201)
        return try #require(reply.json["key"] as? String)
    }

    @Test("Every route lets in the roles that it names, and those above, and no other")
    func matrix() async throws {
        let routes = try await RoutesOfServer.all()
        try await ServerUnderTest.serving(environment: ServerUnderTest.keysRequired) { server async throws in
            for role in Role.allCases {
                let key = try await Self.key(server, role.rawValue)
                for route in routes {
                    let reply = try await server.send(route.method, route.path, as: .key(key))
                    guard case .holder(let needed) = route.access else {
                        #expect(reply.status == 200, "\(route.path)")
                        continue
                    }
                    let mayDo = role.including.contains(needed)
                    #expect(reply.status != 401, "\(role) \(route.method) \(route.path)")
                    #expect((reply.status == 403) == !mayDo, "\(role) \(route.method) \(route.path): \(reply.status)")
                    if !mayDo { #expect((reply.json["error"] as? [String: Any])?["code"] as? String == "FORBIDDEN") }
                }
            }
        }
    }

    @Test("The table of roles is the contract's")
    func table() async throws {
        let routes = try await RoutesOfServer.all()
        func access(_ method: String, _ path: String) -> RouteAccess? {
            routes.first { $0.method == method && $0.path == "/api/v1" + path }?.access
        }
        for (method, path, expected) in [
            ("POST", "/troubleshoot", RouteAccess.reader), ("POST", "/feedback", .reader),
            ("GET", "/knowledge/7", .reader), ("GET", "/knowledge/export", .reader), ("POST", "/knowledge", .writer),
            ("PUT", "/knowledge/7", .writer), ("PATCH", "/knowledge/7", .writer), ("DELETE", "/knowledge/7", .writer),
            ("POST", "/knowledge/bulk", .writer), ("GET", "/tiers", .admin), ("POST", "/tiers/7/flush", .admin),
            ("POST", "/tiers/warmup", .admin), ("POST", "/admin/keys", .admin), ("DELETE", "/admin/keys/7", .admin),
            ("GET", "/admin/audit", .admin), ("GET", "/metrics", .operator), ("GET", "/health", .reader),
            ("GET", "/health/live", .anyone), ("GET", "/health/ready", .anyone),
        ] {
            #expect(access(method, path) == expected, "\(method) \(path)")
        }
    }

    @Test("An admin has its own tenant's keys in hand, and no operator's")
    func adminsKeys() async throws {
        try await ServerUnderTest.serving(environment: ServerUnderTest.keysRequired) { server async throws in
            let admin = try await Self.key(server, "admin", tenant: "alpha")
            let foreign = try await Self.key(server, "reader", tenant: "beta")
            let operators = try await Self.key(server, "operator", tenant: "alpha")
            func send(_ method: String, _ path: String, _ body: String? = nil) async throws -> ServerUnderTest.Reply {
                try await server.send(method, "/api/v1/admin/keys" + path, body: body, as: .key(admin))
            }
            func id(_ key: String) -> String { String(key.split(separator: "_")[1]) }

            #expect(try await send("POST", "", #"{"role":"operator"}"#).status == 403)
            #expect(try await send("POST", "", #"{"role":"reader","tenant":"beta"}"#).status == 403)
            #expect(try await send("DELETE", "/" + id(foreign)).status == 404)
            #expect(try await send("DELETE", "/" + id(operators)).status == 403)
            #expect(try await send("GET", "?tenant=beta").status == 403)

            let made = try await send("POST", "", #"{"role":"writer","name":"the importer"}"#)
            #expect(made.status == 201 && made.json["tenant"] as? String == "alpha")
            let key = try #require(made.json["key"] as? String)
            #expect(try await server.send("GET", "/api/v1/knowledge", as: .key(key)).status == 200)
            let listed = try await send("GET", "")
            let items = try #require(listed.json["items"] as? [[String: Any]])
            #expect(items.count == 3 && items.allSatisfy { $0["tenant"] as? String == "alpha" })
            #expect(!listed.text.contains(key) && !listed.text.contains(foreign) && !listed.text.contains("digest"))

            // At once, on the same connections.
            #expect(try await send("DELETE", "/" + id(key)).status == 200)
            let refused = try await server.send(
                "GET", "/api/v1/knowledge", headers: [("X-Request-ID", "same")], as: .key(key))
            let unknown = try await server.send(
                "GET", "/api/v1/knowledge", headers: [("X-Request-ID", "same")], as: .key("tc_nobody_knows"))
            #expect(refused.status == 401 && refused.body == unknown.body)
            #expect(try await send("DELETE", "/" + id(key)).status == 404)
        }
    }

    @Test("A key that is asked for wrongly is told field by field")
    func badKeys() async throws {
        try await ServerUnderTest.serving { server async throws in
            for (body, field) in [
                ("{}", "role"), (#"{"role":"root"}"#, "role"), (#"{"role":7}"#, "role"),
                (#"{"role":"reader","tenant":"No Tenant"}"#, "tenant"),
                (#"{"role":"reader","name":"\#(String(repeating: "a", count: 101))"}"#, "name"),
            ] {
                let reply = try await server.post("/api/v1/admin/keys", body)
                #expect(reply.status == 422)
                let detail = try #require(reply.json["detail"] as? [[String: Any]])
                #expect((detail.first?["loc"] as? [String])?.last == field, "\(body)")
            }
            #expect(try await server.get("/api/v1/admin/keys?limit=0").status == 422)
            #expect(try await server.get("/api/v1/admin/keys?tenant=No").status == 422)
        }
    }
}
