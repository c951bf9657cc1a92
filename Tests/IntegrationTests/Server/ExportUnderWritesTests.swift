import Foundation
import TestSupport
import Testing

@Suite("Export and import of a whole")
struct ExportUnderWritesTests {
    private static let count = 240
    /// So that the export is more than the sockets hold: the server is amid it while the writes go on.
    private static let padding = String(repeating: "as long as a page of text can be ", count: 700)

    /// What an item says, without id and version.
    private func contents(_ lines: [[String: Any]]) -> [String] {
        lines.map { line in
            [line["issue"], line["resolution"], line["category"]].map { $0 as? String ?? "missing" }
                .joined(separator: "\n") + "\n\(line["tags"] as? [String] ?? [])"
        }.sorted()
    }

    @Test("An export during a storm of writes imports back to the state at its start")
    func storm() async throws {
        try await ServerUnderTest.serving { server async throws in
            let items = (0..<Self.count).map { number in
                #"{"issue":"item \#(number)","resolution":"\#(number) \#(Self.padding)","category":"c\#(number % 3)","#
                    + #""tags":["t\#(number % 5)","a, b"]}"#
            }.joined(separator: "\n")
            let stored = try await server.send(
                "POST", "/api/v1/knowledge/bulk", body: items, contentType: "application/x-ndjson")
            #expect((stored.lines.last?["summary"] as? [String: Any])?["created"] as? Int == Self.count)

            let before = try await server.get("/api/v1/knowledge/export").lines
            let ids = before.compactMap { $0["id"] as? String }
            #expect(ids.count == Self.count)
            let during = try await server.get("/api/v1/knowledge/export") {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for writer in 0..<4 {
                        group.addTask { try await write(writer, ids, server) }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(contents(during.lines) == contents(before))
            #expect(contents(try await server.get("/api/v1/knowledge/export").lines) != contents(before))

            try await ServerUnderTest.serving { other async throws in
                let imported = try await other.send(
                    "POST", "/api/v1/knowledge/bulk", bytes: during.body, contentType: "application/x-ndjson")
                #expect((imported.lines.last?["summary"] as? [String: Any])?["created"] as? Int == Self.count)
                #expect(contents(try await other.get("/api/v1/knowledge/export").lines) == contents(before))
            }
        }
    }

    /// Replaces, deletes and adds items, at both ends of the export and in between.
    private func write(_ writer: Int, _ ids: [String], _ server: ServerUnderTest) async throws {
        for step in 0..<20 {
            let id = ids[(writer * 20 + step) * 3]
            let replaced = try await server.send(
                "PUT", "/api/v1/knowledge/\(id)", body: #"{"issue":"replaced \#(id)","resolution":"short"}"#)
            #expect(replaced.status == 200)
            #expect(
                try await server.send("DELETE", "/api/v1/knowledge/\(ids[(writer * 20 + step) * 3 + 1])").status < 300)
            let added = try await server.post(
                "/api/v1/knowledge", #"{"issue":"new \#(writer) \#(step)","resolution":"after the start"}"#)
            #expect(added.status == 201)
        }
    }
}
