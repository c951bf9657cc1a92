import Foundation
import TestSupport
import Testing

/// That the description is a valid document and that every reply is as it says is tested in Tests/BlackBox.
@Suite("The description of the interface")
struct DescriptionContractTests {
    private func document(_ server: ServerUnderTest) async throws -> [String: Any] {
        let reply = try await server.get("/openapi.json")
        #expect(reply.status == 200 && reply.header("content-type") == "application/json")
        return reply.json
    }

    @Test("Every registered route is described, and every description has a route")
    func whole() async throws {
        try await ServerUnderTest.serving { server async throws in
            let document = try await document(server)
            #expect(document["openapi"] as? String == "3.1.0")
            #expect(document["x-undescribed"] == nil, "routes that no Operation describes")
            #expect(document["x-unrouted"] == nil, "Operations that no route has")
            let paths = try #require(document["paths"] as? [String: [String: Any]])
            for (path, method) in [
                ("/api/v1/troubleshoot", "post"), ("/troubleshoot", "post"), ("/", "get"), ("/api/v1", "get"),
                ("/api/v1/knowledge/{id}", "patch"), ("/api/v1/openapi.json", "get"),
            ] {
                #expect(paths[path]?[method] != nil, "\(method) \(path)")
            }
        }
    }

    @Test("The bounds that it tells are those that are checked, also where an operator set them")
    func bounds() async throws {
        try await ServerUnderTest.serving(environment: ["MAX_QUERY_CHARACTERS": "12"]) { server async throws in
            let components = try await document(server)["components"] as? [String: Any]
            let schemas = try #require(components?["schemas"] as? [String: [String: Any]])
            func property(_ schema: String, _ name: String) throws -> [String: Any] {
                try #require((schemas[schema]?["properties"] as? [String: [String: Any]])?[name])
            }
            let longest = try #require(try property("Question", "text")["maxLength"] as? Int)
            #expect(longest == 12)
            #expect(try await server.ask(String(repeating: "x", count: longest)).status == 200)
            #expect(try await server.ask(String(repeating: "x", count: longest + 1)).status == 422)

            let most = try #require(try property("Question", "top_k")["maximum"] as? Int)
            #expect(try await server.ask("x", "\"top_k\":\(most)").status == 200)
            let reply = try await server.ask("x", "\"top_k\":\(most + 1)")
            let detail = try #require((reply.json["detail"] as? [[String: Any]])?.first)
            #expect(reply.status == 422)
            #expect(detail["msg"] as? String == "Input should be less than or equal to \(most)")
        }
    }

    @Test("The page and what it loads come from the server itself")
    func page() async throws {
        try await ServerUnderTest.serving { server async throws in
            for (path, type) in [
                ("/docs", "text/html"), ("/api/v1/docs", "text/html"), ("/assets/docs.js", "text/javascript"),
                ("/assets/docs.css", "text/css"),
            ] {
                let reply = try await server.get(path)
                #expect(reply.status == 200 && reply.header("content-type")?.hasPrefix(type) == true, "\(path)")
                #expect(!reply.text.contains("https://") && !reply.body.isEmpty)
            }
        }
    }
}
